import t from 'tap';
import { createMachineToken, createProfileClient } from '../../client/src/index.ts';
import { clientIds, clientSecretOf, machineClients } from '../../local-cognito/app-clients.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import type { Publisher } from '../helper/publisher.ts';
import { clientId, startService } from '../helper/start-service.ts';
import { startPool } from '../local-cognito/start-pool.ts';
import { startFront } from './front.ts';

/** A service that takes the tokens of a local pool, beside those of the tests' own client. */
const pool = await startPool(t);
const service = await startService(t, {
  publisher: { url: pool.url, issuer: pool.issuer, key: pool.key } as Publisher,
  env: { COGNITO_CLIENT_IDS: [clientId, ...clientIds].join(',') },
});
const anHourAgo = Math.floor(Date.now() / 1000) - 3_600;

t.test('a token that is refused is asked for again, once', async (t) => {
  const front = await startFront(t, service.url);
  const person = makePerson();
  const expired = accessToken(service, person, { issuedAt: anHourAgo, expiresIn: 60 });
  const fresh = accessToken(service, person);
  const asked: (string | undefined)[] = [];
  const client = createProfileClient({
    baseUrl: front.url,
    token(refused) {
      asked.push(refused);
      return refused ? fresh : expired;
    },
  });
  t.match(await client.updateMyProfile({ displayName: 'Ada' }), { displayName: 'Ada' });
  t.same(asked, [undefined, expired]);
  t.same(
    front.requests.map(({ token }) => token),
    [expired, fresh],
  );
});

t.test('a second refusal is told, and the same token is not sent twice', async (t) => {
  const front = await startFront(t, service.url);
  const person = makePerson();
  const expired = (issuedAt: number) => accessToken(service, person, { issuedAt, expiresIn: 60 });
  const twice = createProfileClient({
    baseUrl: front.url,
    token: (refused) => expired(refused ? anHourAgo : anHourAgo - 1),
  });
  await t.rejects(twice.getMyProfile(), { code: 'TOKEN_INVALID', status: 401 });
  t.equal(front.requests.length, 2);
  const same = expired(anHourAgo);
  const once = createProfileClient({ baseUrl: front.url, token: () => same });
  await t.rejects(once.getMyProfile(), { code: 'TOKEN_INVALID' });
  t.equal(front.requests.length, 3);
});

t.test('what one person began is never sent with the token of another', async (t) => {
  const front = await startFront(t, service.url);
  const [ada, grace] = [makePerson(), makePerson()];
  const expired = accessToken(service, ada, { issuedAt: anHourAgo, expiresIn: 60 });
  const changed = { name: 'CallerChangedError' };
  const renewed = createProfileClient({
    baseUrl: front.url,
    token: (refused) => (refused ? accessToken(service, grace) : expired),
  });
  await t.rejects(renewed.updateMyProfile({ displayName: 'Ada' }), changed, 'after a 401');

  let person = ada;
  const shared = createProfileClient({
    baseUrl: front.url,
    token: () => accessToken(service, person),
  });
  const merged = shared.updateMyProfile(() => {
    person = grace;
    return { displayName: 'Ada' };
  });
  await t.rejects(merged, changed, 'between the reading and the writing');

  const caller = ada.sub;
  await t.rejects(shared.getMyProfile({ caller }), changed);
  await t.rejects(shared.updateMyProfile({ displayName: 'Ada' }, { caller }), changed);
  await t.rejects(
    shared.updateMyProfile(() => ({ displayName: 'Ada' }), { caller }),
    changed,
  );
  await t.rejects(shared.exportMyProfile({ caller }), changed);
  await t.rejects(shared.setMyPicture(new Blob(['a picture']), { caller }), changed);
  await t.rejects(shared.removeMyPicture({ caller }), changed);
  await t.rejects(shared.eraseMyProfile({ caller }), changed);
  await t.rejects(shared.closeMyAccount({ caller }), changed);
  const left = await shared.getMyProfile({ caller: grace.sub });
  t.match(left, { userId: grace.sub, version: 1 });
  t.notOk(left.displayName);
});

t.test('an administrator hands no call over to the next one', async (t) => {
  const groups = ['admins'];
  const [ada, grace] = [makePerson({ groups }), makePerson({ groups })];
  let administrator = ada;
  const shared = createProfileClient({
    baseUrl: service.url,
    token: () => accessToken(service, administrator),
  });
  for (const id of ['first', 'second']) await shared.createProfile(id, { displayName: id });
  const changed = { name: 'CallerChangedError' };
  const updated = shared.updateProfile('first', () => {
    administrator = grace;
    return { displayName: 'Ada' };
  });
  await t.rejects(updated, changed);
  t.match(await shared.getProfile('first'), { displayName: 'first', version: 1 });

  administrator = ada;
  const listed: string[] = [];
  const list = async () => {
    for await (const { userId } of shared.listProfiles({ pageSize: 1 })) {
      listed.push(userId);
      administrator = grace;
    }
  };
  await t.rejects(list(), changed);
  t.equal(listed.length, 1);
});

t.test('who is signed out is told by the provider, and nothing is sent', async (t) => {
  const client = createProfileClient({
    baseUrl: 'http://127.0.0.1:9',
    token: () => Promise.reject(new Error('signed out')),
  });
  await t.rejects(client.getMyProfile(), { message: 'signed out' });
});

t.test(
  'a machine signs in by its secret, once for many calls, and again when refused',
  async (t) => {
    const { tokenEndpoint, credentials, requests } = await startMachine(t);
    const token = createMachineToken({ tokenEndpoint, ...credentials });
    const client = createProfileClient({ baseUrl: service.url, token });
    await Promise.all(['one', 'two', 'three'].map((id) => client.createProfile(id, {})));
    await client.getProfile('one');
    t.equal(requests.length, 1, 'however many wait for it');

    const kept = await token();
    t.equal(await token('an older token'), kept);
    const [renewed, shared] = await Promise.all([token(kept), token(kept)]);
    t.equal(renewed, shared);
    t.not(renewed, kept);
    t.equal(requests.length, 2);
    t.match(await client.getProfile('one'), { version: 1 });
  },
);

t.test('a token is kept until shortly before it expires', async (t) => {
  const { tokenEndpoint, credentials, requests } = await startMachine(t);
  const ofOneHour = createMachineToken({ tokenEndpoint, ...credentials, renewBefore: 60 });
  const clock = Date.now;
  t.teardown(() => {
    Date.now = clock;
  });
  await ofOneHour();
  Date.now = () => clock() + 3_530_000;
  await ofOneHour();
  t.equal(requests.length, 1, 'with 70 s left');
  Date.now = () => clock() + 3_545_000;
  await ofOneHour();
  t.equal(requests.length, 2, 'with 55 s left');
});

t.test('a scope is asked for, and a refusal says which', async (t) => {
  const { tokenEndpoint, credentials } = await startMachine(t);
  const reader = createProfileClient({
    baseUrl: service.url,
    token: createMachineToken({ tokenEndpoint, ...credentials, scope: 'profiles/read' }),
  });
  await t.rejects(reader.createProfile('one', {}), { code: 'INSUFFICIENT_SCOPE', status: 403 });
  const wrong = createMachineToken({ tokenEndpoint, ...credentials, clientSecret: 'wrong' });
  await t.rejects(Promise.resolve(wrong()), { name: 'TokenRequestError', code: 'invalid_client' });
  const greedy = createMachineToken({ tokenEndpoint, ...credentials, scope: 'profiles/erase' });
  await t.rejects(Promise.resolve(greedy()), { status: 400, code: 'invalid_scope' });
});

/** A machine with a secret in the pool, and the token requests it makes. */
async function startMachine(t: Parameters<typeof startPool>[0]) {
  const front = await startFront(t, pool.url);
  const [billing] = machineClients;
  if (!billing) throw new Error('the local pool has machines');
  return {
    tokenEndpoint: `${front.url}/oauth2/token`,
    credentials: { clientId: billing.clientId, clientSecret: clientSecretOf(pool.key, billing) },
    requests: front.requests,
  };
}
