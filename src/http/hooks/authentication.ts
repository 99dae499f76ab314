import jwt from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Clock } from '../../clock.ts';
import { parseBearerToken, readBearerToken } from '../../identity/bearer-token.ts';
import { type Caller, type FieldsRefused, recogniseCaller } from '../../identity/caller.ts';
import { readClaims } from '../../identity/claims.ts';
import { createRefusalLog } from '../../identity/refusal-log.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';
import { parseTokenHeader } from '../../identity/token-header.ts';
import { rejectToken, withKeyId } from '../../identity/token-rejection.ts';
import type { UserPool } from '../../identity/user-pool.ts';
import type { VerifiedToken, VerifiedTokens } from '../../identity/verified-tokens.ts';
import type { IdentityReader } from '../../profiles/identity-fields.ts';
import { Refusal, type TokenFault } from '../../refusal.ts';

export interface AuthenticationOptions {
  readonly pools: readonly {
    readonly pool: UserPool;
    readonly keys: Pick<SigningKeys, 'get' | 'holds'>;
  }[];
  readonly verifiedTokens: VerifiedTokens;
  readonly acceptIdTokens: boolean;
  readonly adminGroups: readonly string[];
  /** The time as this task has it, and as the issuers of tokens do. */
  readonly clock: Clock & { nowOf(source: 'cognito'): number };
  readonly readIdentity: IdentityReader;
  /** Told once for each token that is verified. */
  readonly onFieldsRefused: FieldsRefused;
}

interface DecodedToken {
  readonly header: { readonly kid?: unknown };
  readonly payload: { readonly iss?: unknown };
}

/** Knows the caller of a request by its token, or refuses it. */
export const authentication = plugin<AuthenticationOptions>(
  async (app, options) => {
    const { pools, verifiedTokens, acceptIdTokens, adminGroups, clock } = options;
    const { readIdentity, onFieldsRefused } = options;
    const poolOfIssuer = new Map(pools.map((each) => [each.pool.issuer, each]));
    const refusals = createRefusalLog({ log: app.log, clock });
    app.addHook('onClose', async () => refusals.close());

    await app.register(jwt, {
      // Only ever a key of a configured pool: neither the token's issuer nor its header chooses an address.
      secret: async (_request: FastifyRequest, token: unknown) => {
        const { header, payload } = token as DecodedToken;
        const pool = poolOfIssuer.get(payload.iss as string);
        if (!pool) throw unknownIssuer();
        return pool.keys.get(header.kid as string);
      },
      decode: { complete: true },
      verify: {
        // One reading of the header for all: the library's own differs from ours in white space.
        extractToken: (request) => request.bearerToken,
        algorithms: ['RS256'],
        // The library looks at the signature alone; readClaims at every claim, by the corrected clock.
        ignoreExpiration: true,
        ignoreNotBefore: true,
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
        const fault = error instanceof Refusal ? error.details.token : undefined;
        if (fault) refusals.note(fault, request.ip, request.log);
        throw error;
      }
    });

    async function verify(request: FastifyRequest, keyId: string): Promise<VerifiedToken> {
      try {
        const payload = await request.jwtVerify<{ iss: string }>().catch(refuse);
        const { pool } = poolOfIssuer.get(payload.iss) ?? raise(unknownIssuer());
        const claims = readClaims(payload, {
          pool,
          acceptIdTokens,
          nowSeconds: clock.now() / 1000,
          issuerNowSeconds: clock.nowOf('cognito') / 1000,
        });
        const caller = recogniseCaller(claims, pool, { adminGroups, readIdentity });
        const refused = caller.kind === 'person' ? (caller.identity?.refused ?? []) : [];
        if (refused.length > 0) onFieldsRefused(claims.sub, refused);
        return { caller, issuer: pool.issuer, keyId, expiresAt: claims.exp };
      } catch (error) {
        throw withKeyId(error, keyId);
      }
    }
  },
  { name: 'authentication' },
);

/** What the library can still object to in a token whose header and payload were read before. */
const reasonOfCode: Record<string, TokenFault['reason']> = {
  FST_JWT_AUTHORIZATION_TOKEN_INVALID: 'signature',
  FAST_JWT_MISSING_SIGNATURE: 'signature',
  FAST_JWT_INVALID_ALGORITHM: 'algorithm',
};

/** The library answers some faults of tokens as server errors: here every one is a refusal. */
function refuse(error: unknown): never {
  if (error instanceof Refusal) throw error;
  const { code = '' } = error as Error & { code?: string };
  throw rejectToken({ reason: reasonOfCode[code] ?? 'malformed' }, error);
}

function unknownIssuer(): Refusal {
  return rejectToken({ reason: 'unknown-issuer', claim: 'iss' });
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
     * @throws {Refusal} TOKEN_MISSING, TOKEN_INVALID, SIGNING_KEYS_UNAVAILABLE
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
