import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import buildGetJwks from 'get-jwks';
import t, { type Test } from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { startHttpServer } from '../helper/http-server.ts';

/**
 * What docs/decisions/0002-signing-keys.md says of get-jwks, measured against the installed
 * version. Where one of these fails, the library changed: read the decision again.
 */
async function startKeyAddress(t: Test) {
  const key = createSigningKey();
  const state = {
    key,
    fetches: 0,
    answer: (_request: IncomingMessage, response: ServerResponse) => {
      response.end(JSON.stringify({ keys: [key.publicJwk] }));
    },
  };
  const address = await startHttpServer(t, (request, response) => {
    state.fetches++;
    state.answer(request, response);
  });
  const domain = `${address}/pool`;
  return { state, domain };
}

t.test('get-jwks ignores its timeout', async (t) => {
  const { state, domain } = await startKeyAddress(t);
  const publish = state.answer;
  state.answer = (request, response) => void sleep(1_500).then(() => publish(request, response));
  const jwks = buildGetJwks({
    issuersWhitelist: [domain],
    fetchOptions: { timeout: 200 } as RequestInit,
  });
  const began = Date.now();
  await jwks.getPublicKey({ domain, alg: 'RS256', kid: state.key.kid });
  const took = Date.now() - began;
  t.comment(`get-jwks with a timeout of 200 ms waited ${took} ms`);
  t.ok(took >= 1_400);
});

t.test('get-jwks fetches once for every unknown key id, and they push good keys out', async (t) => {
  const { state, domain } = await startKeyAddress(t);
  const jwks = buildGetJwks({ issuersWhitelist: [domain] });
  const ask = (kid: string) => jwks.getPublicKey({ domain, alg: 'RS256', kid });
  await ask(state.key.kid);
  for (let index = 0; index < 300; index++) await ask(`unknown ${index}`).catch(() => {});
  t.comment(
    `get-jwks fetched ${state.fetches - 1} times for 300 unknown key ids, one after another`,
  );
  t.equal(state.fetches, 301);
  const { kid } = state.key;
  t.ok(jwks.cache.get(jwks.generateCacheKey('RS256', kid, `${domain}/`)), 'failures are not kept');
  const flood = Array.from({ length: 150 }, (_, index) => ask(`flood ${index}`).catch(() => {}));
  t.notOk(
    jwks.cache.get(jwks.generateCacheKey('RS256', kid, `${domain}/`)),
    'but all at once they do',
  );
  await Promise.all(flood);
});

t.test(
  'get-jwks serves a key again that was withdrawn, as long as its fetch fails or has no such key',
  async (t) => {
    const { state, domain } = await startKeyAddress(t);
    const jwks = buildGetJwks({ issuersWhitelist: [domain], ttl: 50 });
    const ask = () => jwks.getPublicKey({ domain, alg: 'RS256', kid: state.key.kid });
    const pem = await ask();
    const other = createSigningKey();
    state.answer = (_request, response) =>
      void response.end(JSON.stringify({ keys: [other.publicJwk] }));
    await sleep(80);
    const [first, second] = [
      await ask().catch(() => 'refused'),
      await ask().catch(() => 'refused'),
    ];
    t.comment(`a withdrawn key is ${first === pem ? 'served' : 'refused'} after its time is over`);
    t.same([first, second].includes(pem), true);
  },
);
