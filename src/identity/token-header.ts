import { rejectToken } from './token-rejection.ts';

const maxKeyIdLength = 256;

/**
 * What an unverified token says of its key. Cognito's tokens name the algorithm and the key, and
 * nothing else: a token with more (`crit`, `jku`, `jwk`, `x5u`, …) is from no pool.
 * @throws {Refusal} TOKEN_INVALID: malformed, header, algorithm
 */
export function parseTokenHeader(token: string): { keyId: string } {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) throw rejectToken({ reason: 'malformed' });
  const [head = '', payload = ''] = parts;
  parseObject(payload);
  const { kid, alg, typ, ...others } = parseObject(head);
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > maxKeyIdLength) {
    throw rejectToken({ reason: 'header' });
  }
  if (alg !== 'RS256') throw rejectToken({ reason: 'algorithm', keyId: kid });
  const ofAccessTokens =
    typ === undefined || (typeof typ === 'string' && /^(at\+)?jwt$/i.test(typ));
  if (!ofAccessTokens || Object.keys(others).length > 0) {
    throw rejectToken({ reason: 'header', keyId: kid });
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
    throw rejectToken({ reason: 'malformed' });
  }
  if (typeof value !== 'object' || value === null) throw rejectToken({ reason: 'malformed' });
  return value as Record<string, unknown>;
}
