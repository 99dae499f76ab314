/** A Cognito user pool whose tokens are accepted, and everything that derives from its id. */
export interface UserPool {
  readonly id: string;
  readonly region: string;
  /** The exact `iss` of its tokens, without a trailing slash. */
  readonly issuer: string;
  /** Where its key set is published; fixed by configuration, never by a token. */
  readonly jwksUri: string;
  /** Where the pool's JSON API answers. */
  readonly endpoint: string;
  readonly clientIds: ReadonlySet<string>;
}

/**
 * Derives the addresses of a pool from its id.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function deriveUserPool(
  id: string,
  clientIds: readonly string[],
  local: { issuer?: string | undefined; endpoint?: string | undefined } = {},
): UserPool {
  const region = regionOf(id);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = `https://cognito-idp.${region}.${suffix}`;
  const issuer = local.issuer ?? `${endpoint}/${id}`;
  return {
    id,
    region,
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    endpoint: local.endpoint ?? endpoint,
    clientIds: new Set(clientIds),
  };
}

/** The Region of a pool is the part of its id before `_`. */
export function regionOf(poolId: string): string {
  return poolId.slice(0, poolId.lastIndexOf('_'));
}
