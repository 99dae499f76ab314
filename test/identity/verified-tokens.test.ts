import t from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { createVerifiedTokens, type VerifiedToken } from '../../src/identity/verified-tokens.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { createSimulatedClock } from './simulated-clock.ts';

const verified = (overrides: Partial<VerifiedToken> = {}): VerifiedToken => ({
  caller: { kind: 'service', clientId: 'billing1', scopes: new Set() },
  issuer: 'https://issuer',
  keyId: 'one',
  expiresAt: 1_000,
  ...overrides,
});

t.test('the cache never holds more than its bound, and forgets the least used first', async (t) => {
  const tokens = createVerifiedTokens({ max: 100, now: () => 0 });
  tokens.remember('kept', verified());
  for (let index = 0; index < 1_000; index++) {
    tokens.remember(`token ${index}`, verified());
    tokens.find('kept');
    if (tokens.size > 100) t.fail(`${tokens.size} entries`);
  }
  t.equal(tokens.size, 100);
  t.ok(tokens.find('kept'));
  t.notOk(tokens.find('token 0'));
});

t.test('a token is forgotten at exp, to the millisecond', async (t) => {
  let now = 999_999;
  const tokens = createVerifiedTokens({ max: 10, now: () => now });
  tokens.remember('token', verified({ expiresAt: 1_000 }));
  t.ok(tokens.find('token'));
  now = 1_000_000;
  t.notOk(tokens.find('token'));
  t.equal(tokens.size, 0, 'and its entry with it');
});

t.test('a withdrawn key takes its own tokens with it, and no others', async (t) => {
  const tokens = createVerifiedTokens({ max: 10, now: () => 0 });
  tokens.remember('of the key', verified());
  tokens.remember('of another key', verified({ keyId: 'two' }));
  tokens.remember('of another pool', verified({ issuer: 'https://another' }));
  tokens.forgetKey('https://issuer', 'one');
  t.equal(tokens.size, 2);
  t.notOk(tokens.find('of the key'));
});

t.test('a cached token ends when it expires', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const token = accessToken(service, makePerson(), { expiresIn: 600 });
  const read = async () => (await send(service.url, 'GET', '/v1/profiles/me', { token })).status;
  t.equal(await read(), 200);
  clock.skip(590_000);
  t.equal(await read(), 200);
  clock.skip(20_000);
  t.equal(await read(), 401);
  t.ok(service.log.some((line) => line.includes('"reason":"expired"')));
});

t.test(
  'a token verified while its key is being withdrawn is not believed afterwards',
  async (t) => {
    const publisher = await startPublisher(t);
    const clock = createSimulatedClock();
    const service = await startServiceInside(t, { publisher, clock });
    const token = accessToken(service, makePerson());
    const read = async () => (await send(service.url, 'GET', '/v1/profiles/me', { token })).status;
    t.equal(await read(), 200);
    const { verifiedTokens, pools } = service.dependencies;
    // As if verification had begun before the withdrawal and ended after it.
    const late = verifiedTokens.find(token) as VerifiedToken;
    publisher.keys = [createSigningKey()];
    await pools[0]?.keys.start();
    t.equal(verifiedTokens.size, 0);
    verifiedTokens.remember(token, late);
    t.equal(await read(), 401);
  },
);
