import { TokenRejection } from './token-rejection.ts';

const maxKeyIdLength = 256;

/**
 * What an unverified token says of its key. Cognito's tokens name the algorithm and the key, and
 * nothing else: whoever brings more (`crit`, `jku`, `jwk`, `x5u`, …) is no pool.
 * @throws {TokenRejection} malformed, header, algorithm
 */
export function parseTokenHeader(token: string): { keyId: string } {
  const [head = '', , signature = '', ...more] = token.split('.');
  if (more.length > 0 || !isCanonical(head) || !isCanonical(signature)) {
    throw new TokenRejection('malformed');
  }
  const { kid, alg, typ, ...others } = parseObject(head);
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > maxKeyIdLength) {
    throw new TokenRejection('header');
  }
  if (alg !== 'RS256') throw new TokenRejection('algorithm', { keyId: kid });
  const ofAccessTokens =
    typ === undefined || (typeof typ === 'string' && /^(at\+)?jwt$/i.test(typ));
  if (!ofAccessTokens || Object.keys(others).length > 0) {
    throw new TokenRejection('header', { keyId: kid });
  }
  return { keyId: kid };
}

/** Base64url with bits left over decodes to the same bytes: only one spelling of a token is good. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parseObject(part: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    throw new TokenRejection('malformed');
  }
  if (typeof value !== 'object' || value === null) throw new TokenRejection('malformed');
  return value as Record<string, unknown>;
}
