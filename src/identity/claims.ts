import * as z from 'zod';
import type { TokenFault } from '../refusal.ts';
import { rejectToken } from './token-rejection.ts';
import type { UserPool } from './user-pool.ts';

/** Seconds by which Cognito's clock and ours may differ. */
const clockToleranceSeconds = 5;

/** Up to the year 9999, the last that RFC 3339 can write. */
const seconds = z.int().min(0).max(253_402_300_799);
const registered = {
  iss: z.string().min(1),
  sub: z.string().min(1).max(128),
  exp: seconds,
  iat: seconds,
  nbf: z.number().optional(),
  jti: z.string().optional(),
};
const person = {
  // Cognito always sends it; without it, a sign-in counts as before any erasure.
  auth_time: seconds.default(0),
  'cognito:groups': z.array(z.string()).default([]),
};

/**
 * An access token: the app client is in `client_id`. There is no `aud` to rely on: Cognito adds
 * one only with resource binding, and whom it was made for is then still told by `client_id`.
 */
export const accessClaims = z.looseObject({
  ...registered,
  ...person,
  token_use: z.literal('access'),
  client_id: z.string().min(1),
  aud: z.string().optional(),
  scope: z.string().default(''),
  username: z.string().min(1).optional(),
});

/** A user's ID token: the app client is in `aud`. Flags come as booleans or as strings. */
export const idClaims = z.looseObject({
  ...registered,
  ...person,
  token_use: z.literal('id'),
  aud: z.string().min(1),
  'cognito:username': z.string().min(1).optional().catch(undefined),
});

/** An access token of the client credentials grant: its subject is the client itself, nobody's name is in it. */
export function isMachine(claims: AccessClaims): boolean {
  return (
    claims.sub === claims.client_id &&
    claims.username === undefined &&
    claims['cognito:groups'].length === 0
  );
}

/** Whose subject is somebody else than the client it came through. */
export function isPerson(claims: AccessClaims): boolean {
  return claims.sub !== claims.client_id;
}

export type AccessClaims = z.output<typeof accessClaims>;
export type IdClaims = z.output<typeof idClaims>;

export interface ClaimsPolicy {
  readonly pool: UserPool;
  readonly acceptIdTokens: boolean;
  readonly nowSeconds: number;
  /** What the time is for the issuer of the token. */
  readonly issuerNowSeconds: number;
}

/**
 * The claims of a token whose signature is good, held against what this service accepts.
 * @throws {Refusal} TOKEN_INVALID naming the claim that fails
 */
export function readClaims(payload: unknown, policy: ClaimsPolicy): AccessClaims | IdClaims {
  const use = (payload as { token_use?: unknown }).token_use;
  const claims = parse(use === 'id' ? idClaims : accessClaims, payload);
  const { pool, acceptIdTokens, nowSeconds, issuerNowSeconds } = policy;
  const isId = claims.token_use === 'id';
  if (claims.iss !== pool.issuer) throw rejectToken({ reason: 'unknown-issuer', claim: 'iss' });
  if (isId && !acceptIdTokens) throw rejectToken({ reason: 'token-use', claim: 'token_use' });
  const [claim, clientId] = isId ? ['aud', claims.aud] : ['client_id', claims.client_id];
  if (!pool.clientIds.has(clientId)) throw rejectToken({ reason: 'client', claim });
  const fault = findTimeFault(claims, nowSeconds);
  if (!fault) return claims;
  // Where it is good by the issuer's own clock, the fault is this clock's and not the token's.
  const isSkew = !findTimeFault(claims, issuerNowSeconds);
  throw rejectToken(isSkew ? { ...fault, reason: 'clock-skew' } : fault);
}

function findTimeFault(
  claims: AccessClaims | IdClaims,
  nowSeconds: number,
): TokenFault | undefined {
  if (claims.exp + clockToleranceSeconds <= nowSeconds) return { reason: 'expired', claim: 'exp' };
  const early = (['iat', 'nbf'] as const).find(
    (claim) => (claims[claim] ?? 0) - clockToleranceSeconds > nowSeconds,
  );
  return early && { reason: 'not-yet-valid', claim: early };
}

function parse(schema: typeof accessClaims | typeof idClaims, payload: unknown) {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  // The path holds names of the schema alone: claims that it does not have are not looked at.
  const claim = parsed.error.issues[0]?.path[0]?.toString();
  const reason = claim === 'token_use' ? 'token-use' : 'claims';
  throw rejectToken({ reason, claim }, parsed.error);
}
