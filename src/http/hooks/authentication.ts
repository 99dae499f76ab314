import jwt from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Clock } from '../../clock.ts';
import { DomainError } from '../../errors.ts';
import { parseBearerToken, readBearerToken } from '../../identity/bearer-token.ts';
import { type Caller, type FieldsRefused, recogniseCaller } from '../../identity/caller.ts';
import { clockToleranceSeconds, readClaims } from '../../identity/claims.ts';
import { createRefusalLog } from '../../identity/refusal-log.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';
import { parseTokenHeader } from '../../identity/token-header.ts';
import { type RejectionReason, TokenRejection } from '../../identity/token-rejection.ts';
import type { UserPool } from '../../identity/user-pool.ts';
import type { VerifiedToken, VerifiedTokens } from '../../identity/verified-tokens.ts';

export interface AuthenticationOptions {
  readonly pools: readonly {
    readonly pool: UserPool;
    readonly keys: Pick<SigningKeys, 'get' | 'holds'>;
  }[];
  readonly verifiedTokens: VerifiedTokens;
  readonly acceptIdTokens: boolean;
  readonly adminGroups: readonly string[];
  readonly clock: Clock;
  /** Told once for each token that is verified. */
  readonly onFieldsRefused: FieldsRefused;
}

interface DecodedToken {
  readonly header: { readonly kid?: unknown };
  readonly payload: { readonly iss?: unknown };
}

/** Knows the caller of a request by its token, or refuses it. */
export const authentication = plugin<AuthenticationOptions>(async (app, options) => {
  const { pools, verifiedTokens, acceptIdTokens, adminGroups, clock, onFieldsRefused } = options;
  const poolOfIssuer = new Map(pools.map((each) => [each.pool.issuer, each]));
  const refusals = createRefusalLog({ log: app.log, clock });
  app.addHook('onClose', async () => refusals.close());

  await app.register(jwt, {
    // Only ever a key of a configured pool: neither the token's issuer nor its header chooses an address.
    secret: async (_request: FastifyRequest, token: unknown) => {
      const { header, payload } = token as DecodedToken;
      const pool = poolOfIssuer.get(payload.iss as string);
      if (!pool) throw new TokenRejection('unknown-issuer');
      return pool.keys.get(header.kid as string);
    },
    decode: { complete: true },
    verify: {
      // One reading of the header for all: the library's own differs from ours in white space.
      extractToken: (request) => request.bearerToken,
      algorithms: ['RS256'],
      allowedIss: [...poolOfIssuer.keys()],
      requiredClaims: ['exp', 'iat', 'iss', 'sub', 'token_use'],
      // readClaims holds them against the corrected clock; the library knows the bare one only.
      ignoreExpiration: true,
      clockTolerance: clockToleranceSeconds * 1_000,
      cache: false,
    },
  });

  app.decorateRequest('caller', null);
  app.decorateRequest('bearerToken', '');
  app.decorate('recall', (request: FastifyRequest): boolean => {
    const token = parseBearerToken(request.raw);
    const verified = token === undefined ? undefined : verifiedTokens.find(token);
    // A token outlives neither the withdrawal of its key nor the time keys are believed unconfirmed.
    if (!verified || !poolOfIssuer.get(verified.issuer)?.keys.holds(verified.keyId)) return false;
    request.bearerToken = token as string;
    request.caller = verified.caller;
    return true;
  });
  app.decorate('authenticate', async (request: FastifyRequest, waitForTurn): Promise<void> => {
    try {
      request.bearerToken = readBearerToken(request.raw);
      const { keyId } = parseTokenHeader(request.bearerToken);
      await waitForTurn(request);
      const verified = await verify(request, keyId);
      verifiedTokens.remember(request.bearerToken, verified);
      request.caller = verified.caller;
    } catch (error) {
      if (error instanceof TokenRejection) refusals.note(error, request.ip, request.log);
      throw error;
    }
  });

  async function verify(request: FastifyRequest, keyId: string): Promise<VerifiedToken> {
    try {
      const payload = await request.jwtVerify<{ iss: string }>().catch(refuse);
      const { pool } = poolOfIssuer.get(payload.iss) ?? raise(new TokenRejection('unknown-issuer'));
      const nowSeconds = clock.now() / 1000;
      const claims = readClaims(payload, { pool, acceptIdTokens, nowSeconds });
      const caller = recogniseCaller(claims, pool, adminGroups);
      const refused = caller.kind === 'person' ? (caller.identity?.refused ?? []) : [];
      if (refused.length > 0) onFieldsRefused(claims.sub, refused);
      return { caller, issuer: pool.issuer, keyId, expiresAt: claims.exp };
    } catch (error) {
      throw error instanceof TokenRejection ? error.withKeyId(keyId) : error;
    }
  }
});

const reasonOfCode: Record<string, RejectionReason> = {
  FST_JWT_AUTHORIZATION_TOKEN_EXPIRED: 'expired',
  FAST_JWT_INACTIVE: 'not-yet-valid',
  FAST_JWT_MISSING_SIGNATURE: 'signature',
  FAST_JWT_INVALID_ALGORITHM: 'algorithm',
  FAST_JWT_INVALID_CLAIM_TYPE: 'claims',
};

/** The library answers some faults of tokens as server errors: here every one is a refusal. */
function refuse(error: unknown): never {
  if (error instanceof DomainError) throw error;
  const { code = '', message } = error as Error & { code?: string };
  const reason = reasonOfCode[code] ?? reasonOfText(message);
  throw new TokenRejection(reason, { cause: error });
}

/** Several faults come under one code (FST_JWT_AUTHORIZATION_TOKEN_INVALID), told apart by text alone. */
function reasonOfText(message: string): RejectionReason {
  if (/\bsignature\b/.test(message)) return 'signature';
  return /\bclaims?\b/.test(message) ? 'claims' : 'malformed';
}

function raise(error: Error): never {
  throw error;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the token was verified before; then the caller is known at once. Never throws. */
    recall(request: FastifyRequest): boolean;
    /**
     * The header is read first, so that neither a turn nor a key is spent on nonsense.
     * @param waitForTurn before the signature is looked at
     * @throws {DomainError} TOKEN_MISSING, SIGNING_KEYS_UNAVAILABLE @throws {TokenRejection}
     */
    authenticate(
      request: FastifyRequest,
      waitForTurn: (request: FastifyRequest) => Promise<void>,
    ): Promise<void>;
  }
  interface FastifyRequest {
    caller: Caller | null;
    bearerToken: string;
  }
}
