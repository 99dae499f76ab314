import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Person } from '../../local-cognito/person.ts';
import type { SigningKey } from '../../local-cognito/signing-key.ts';
import { createSigningKey, loadSigningKey } from '../../local-cognito/signing-key.ts';
import {
  hostedScope,
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  sdkScope,
} from '../../local-cognito/tokens.ts';

const key = createSigningKey();
const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E';
const pool = { issuer, clientId: '1h57kf5cpq17m0eml12EXAMPLE' };

const signedUp: Person = {
  sub: '11111111-2222-4333-8444-555555555555',
  provider: 'cognito',
  email: 'ada@example.com',
  emailVerified: true,
  givenName: 'Ada',
  familyName: 'Lovelace',
  customAttributes: { seats: 3, trial: true },
};
const throughGoogle: Person = {
  ...signedUp,
  provider: 'google',
  providerUserId: '104567890123456789012',
  picture: 'https://lh3.example.com/a.png',
  groups: ['admins'],
};
const throughApple: Person = {
  ...signedUp,
  provider: 'apple',
  providerUserId: '001234.0123456789abcdef0123456789abcdef.1234',
};

function verify(token: string, by: SigningKey = key) {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const publicKey = createPublicKey({ key: by.publicJwk, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verifySignature('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('wrong signature');
  }
  return { header: decode(header), payload: decode(payload) };
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

t.test('an access token has the claims of Cognito and nothing personal', async (t) => {
  const { header, payload } = verify(mintAccessToken(key, { ...pool, person: signedUp }));
  t.strictSame(header, { kid: key.kid, alg: 'RS256' });
  t.match(payload, {
    iss: issuer,
    sub: signedUp.sub,
    username: signedUp.sub,
    client_id: pool.clientId,
    token_use: 'access',
    scope: sdkScope,
    auth_time: payload.iat,
    exp: Number(payload.iat) + 3600,
    jti: String,
    origin_jti: String,
    event_id: String,
  });
  for (const absent of ['aud', 'email', 'given_name', 'cognito:groups', 'custom:seats']) {
    t.notHas(payload, absent);
  }
});

t.test('the scope says where the person signed in', async (t) => {
  const { payload } = verify(
    mintAccessToken(key, { ...pool, person: signedUp, scope: hostedScope }),
  );
  t.match(payload, { scope: 'openid email profile', version: 2 });
});

t.test('an ID token is for the app client and carries attributes', async (t) => {
  const { payload } = verify(mintIdToken(key, { ...pool, person: signedUp }));
  t.match(payload, {
    aud: pool.clientId,
    token_use: 'id',
    'cognito:username': signedUp.sub,
    email: 'ada@example.com',
    email_verified: true,
    given_name: 'Ada',
    family_name: 'Lovelace',
    'custom:seats': '3',
    'custom:trial': 'true',
  });
  for (const absent of ['client_id', 'username', 'scope', 'identities', 'picture', 'name']) {
    t.notHas(payload, absent);
  }
});

t.test('someone from Google has the identity as text, and the group of the provider', async (t) => {
  const { payload } = verify(mintIdToken(key, { ...pool, person: throughGoogle }));
  t.equal(payload['cognito:username'], 'google_104567890123456789012');
  t.strictSame(payload['cognito:groups'], ['eu-west-1_Ab12Cd34E_Google', 'admins']);
  t.strictSame(payload.identities, [
    {
      userId: '104567890123456789012',
      providerName: 'Google',
      providerType: 'Google',
      issuer: null,
      primary: 'true',
      dateCreated: '1767225600000',
    },
  ]);
});

t.test('someone from Apple has a name at the first consent only', async (t) => {
  const first = verify(mintIdToken(key, { ...pool, person: throughApple, firstConsent: true }));
  const later = verify(mintIdToken(key, { ...pool, person: throughApple }));
  t.match(first.payload, { given_name: 'Ada', family_name: 'Lovelace' });
  t.notHas(later.payload, 'given_name');
  t.notHas(later.payload, 'family_name');
  t.match(later.payload, {
    email: 'ada@example.com',
    'cognito:username': 'signinwithapple_001234.0123456789abcdef0123456789abcdef.1234',
  });
});

t.test('a machine token is its app client, with scopes and no person', async (t) => {
  const { payload } = verify(
    mintMachineToken(key, { ...pool, scope: 'profiles/read profiles/write' }),
  );
  t.match(payload, {
    sub: pool.clientId,
    client_id: pool.clientId,
    token_use: 'access',
    scope: 'profiles/read profiles/write',
    version: 2,
  });
  for (const absent of ['username', 'cognito:groups', 'origin_jti', 'event_id']) {
    t.notHas(payload, absent);
  }
});

t.test('times and claims can be set, and a claim removed', async (t) => {
  const token = mintAccessToken(key, {
    ...pool,
    person: signedUp,
    issuedAt: 2_000_000_000,
    authTime: 1_900_000_000,
    expiresIn: 60,
    claims: { jti: undefined, client_id: 'another' },
  });
  const { payload } = verify(token);
  t.match(payload, {
    iat: 2_000_000_000,
    auth_time: 1_900_000_000,
    exp: 2_000_000_060,
    client_id: 'another',
  });
  t.notHas(payload, 'jti');
});

t.test('a key verifies only what it signed', async (t) => {
  const token = mintAccessToken(key, { ...pool, person: signedUp });
  t.throws(() => verify(token, createSigningKey()), { message: 'wrong signature' });
});

t.test('a key kept on disk is the same key next time, private to its owner', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'signing-key-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep', 'signing-key.json');
  const made = loadSigningKey(path);
  const read = loadSigningKey(path);
  t.strictSame(read.publicJwk, made.publicJwk);
  t.notMatch(JSON.stringify(made.publicJwk), JSON.parse(readFileSync(path, 'utf8')).d);
  t.equal(statSync(path).mode & 0o777, 0o600);
  verify(mintAccessToken(read, { ...pool, person: signedUp }), made);

  writeFileSync(path, 'not json');
  t.throws(() => loadSigningKey(path), { message: /delete it/ });
});
