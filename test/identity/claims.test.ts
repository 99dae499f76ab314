import t from 'tap';
import { readClaims } from '../../src/identity/claims.ts';
import { deriveUserPool } from '../../src/identity/user-pool.ts';

const pool = deriveUserPool('eu-west-1_AbCdEfGhI', ['web1']);
const exp = 1_800_000_000;
const token = {
  iss: pool.issuer,
  sub: 'ada',
  token_use: 'access',
  client_id: 'web1',
  iat: exp - 3600,
  nbf: exp - 3600,
  exp,
};
const readAt = (nowSeconds: number, claims: object = {}) =>
  readClaims(
    { ...token, ...claims },
    {
      pool,
      acceptIdTokens: false,
      nowSeconds,
      issuerNowSeconds: nowSeconds,
    },
  );
const refused = { code: 'TOKEN_INVALID' };

t.test('a token is good for 5 s before its time and after it', async (t) => {
  for (const now of [exp - 3605, exp - 3600, exp - 1, exp, exp + 4]) {
    t.doesNotThrow(() => readAt(now), `${now - exp} s of its end`);
  }
  for (const now of [exp - 3606, exp + 5, exp + 6]) {
    t.throws(() => readAt(now), refused, `${now - exp} s of its end`);
  }
  t.throws(() => readAt(exp - 3600, { nbf: exp - 3594 }), refused, 'nbf by itself');
  t.throws(() => readAt(exp - 3600, { iat: exp - 3594 }), refused, 'iat by itself');
});
