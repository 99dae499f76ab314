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
 * Derives the addresses of a pool from its id, whose part before `_` is its Region.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function deriveUserPool(
  id: string,
  clientIds: readonly string[],
  local: { issuer?: string | undefined; endpoint?: string | undefined } = {},
): UserPool {
  const region = id.slice(0, id.lastIndexOf('_'));
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
