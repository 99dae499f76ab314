import { createHash } from 'node:crypto';
import t from 'tap';
import { clientSecretOf, machineClients, webClientId } from '../../local-cognito/app-clients.ts';
import { samplePassword } from '../../local-cognito/sample-people.ts';
import { verifyToken } from '../../local-cognito/verify-token.ts';
import { startPool } from './start-pool.ts';

const redirect_uri = 'http://localhost:5173/callback';
interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token: string;
}

const code_verifier = 'a-verifier-of-at-least-forty-three-characters-long';
const asked = {
  client_id: webClientId,
  response_type: 'code',
  redirect_uri,
  scope: 'openid email',
  state: 'from-here',
  nonce: 'only-once',
  code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

function post(url: string, form: Record<string, string>, headers = {}) {
  const body = new URLSearchParams(form);
  return fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
}

async function signIn(url: string, who: Record<string, string>): Promise<string> {
  const response = await post(`${url}/oauth2/authorize`, { ...asked, ...who });
  const target = new URL(response.headers.get('location') ?? '');
  t.equal(target.searchParams.get('state'), 'from-here');
  return target.searchParams.get('code') ?? '';
}

async function readTokens(response: Response): Promise<Tokens> {
  return (await response.json()) as Tokens;
}

function exchange(url: string, code: string, changes = {}) {
  const form = { grant_type: 'authorization_code', client_id: webClientId, redirect_uri };
  return post(`${url}/oauth2/token`, { ...form, code, code_verifier, ...changes });
}

t.test('a browser application signs someone in with PKCE and refreshes', async (t) => {
  const { url, key } = await startPool(t);
  const page = await fetch(`${url}/oauth2/authorize?${new URLSearchParams(asked)}`);
  t.match(await page.text(), /name="password"/);
  const code = await signIn(url, { username: 'ada@example.com', password: samplePassword });
  const response = await exchange(url, code);
  t.equal(response.status, 200);
  t.equal(response.headers.get('access-control-allow-origin'), '*');
  const tokens = await readTokens(response);
  const access = verifyToken(key, tokens.access_token);
  t.match(access, { scope: 'openid email', version: 2, client_id: webClientId });
  t.match(verifyToken(key, tokens.id_token), { nonce: 'only-once', at_hash: String });

  const { refresh_token } = tokens;
  const form = { grant_type: 'refresh_token', client_id: webClientId, refresh_token };
  const refreshed = await readTokens(await post(`${url}/oauth2/token`, form));
  t.match(verifyToken(key, refreshed.access_token), {
    scope: 'openid email',
    origin_jti: access?.origin_jti,
  });

  const again = await exchange(url, code);
  t.equal(again.status, 400, 'a code works once');
  t.strictSame(await again.json(), { error: 'invalid_grant' });
});

t.test('a click signs someone in through Google, and userInfo knows the person', async (t) => {
  const { url, key } = await startPool(t);
  const tokens = await readTokens(await exchange(url, await signIn(url, { sample: 'grace' })));
  t.match(verifyToken(key, tokens.id_token), {
    identities: [{ providerName: 'Google', primary: 'true' }],
  });
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const info = await fetch(`${url}/oauth2/userInfo`, { headers });
  t.match(await info.json(), {
    email: 'grace@example.com',
    email_verified: 'true',
    given_name: 'Grace',
    username: /^google_/,
  });
});

t.test('the hosted pages refuse what Cognito refuses', async (t) => {
  const { url } = await startPool(t);
  const wrong = await post(`${url}/oauth2/authorize`, {
    ...asked,
    username: 'ada@example.com',
    password: 'wrong',
  });
  t.match(await wrong.text(), /Incorrect username or password/);
  const away = new URLSearchParams({ ...asked, redirect_uri: 'https://elsewhere.example/' });
  t.equal((await fetch(`${url}/oauth2/authorize?${away}`)).status, 400);
  const code = await signIn(url, { sample: 'alan' });
  const stolen = await exchange(url, code, { code_verifier: 'another' });
  t.strictSame(await stolen.json(), { error: 'invalid_grant' });
  t.equal((await fetch(`${url}/oauth2/userInfo`)).status, 401);
});

t.test('signing out goes where the application says', async (t) => {
  const { url } = await startPool(t);
  const query = new URLSearchParams({ client_id: webClientId, logout_uri: redirect_uri });
  const response = await fetch(`${url}/logout?${query}`, { redirect: 'manual' });
  t.equal(response.status, 302);
  t.equal(response.headers.get('location'), redirect_uri);
  const elsewhere = await fetch(`${url}/logout?logout_uri=https://elsewhere.example/`);
  t.equal(elsewhere.status, 400);
});

t.test('a machine gets the scopes it may have, for its secret', async (t) => {
  const { url, key } = await startPool(t);
  const [billing] = machineClients;
  if (!billing) throw new Error('there is a first machine client');
  const secret = clientSecretOf(key, billing);
  const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(`${billing.clientId}:${text}`).toString('base64')}`,
  });
  const grant = { grant_type: 'client_credentials' };
  const all = await readTokens(await post(`${url}/oauth2/token`, grant, basic(secret)));
  t.match(all, { expires_in: 3600, token_type: 'Bearer' });
  t.match(verifyToken(key, all.access_token), {
    sub: billing.clientId,
    client_id: billing.clientId,
    scope: 'profiles/read profiles/write',
  });
  const one = await post(`${url}/oauth2/token`, {
    ...grant,
    client_id: billing.clientId,
    client_secret: secret,
    scope: 'profiles/read',
  });
  t.match(verifyToken(key, (await readTokens(one)).access_token), { scope: 'profiles/read' });

  const more = { ...grant, scope: 'profiles/erase' };
  const refused = await post(`${url}/oauth2/token`, more, basic(secret));
  t.strictSame(await refused.json(), { error: 'invalid_scope' });
  const guessed = await post(`${url}/oauth2/token`, grant, basic('guess'));
  t.strictSame(await guessed.json(), { error: 'invalid_client' });
});
