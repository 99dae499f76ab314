import t from 'tap';
import { createProfileClient } from '../../client/src/index.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { startService } from '../helper/start-service.ts';
import { refuse, startFront } from './front.ts';

const service = await startService(t);

t.test('twenty editors of one list at once all keep their edit', async (t) => {
  const person = makePerson();
  const token = () => accessToken(service, person);
  const names = Array.from({ length: 20 }, (_, index) => `editor-${index}`);
  let calls = 0;
  await Promise.all(
    names.map(async (name) => {
      const client = createProfileClient({ baseUrl: service.url, token });
      await client.updateMyProfile(({ preferences }) => {
        calls++;
        // An array is replaced whole by a merge patch: without re-merging, edits would be lost.
        return { preferences: { editors: [...((preferences?.editors as string[]) ?? []), name] } };
      });
    }),
  );
  const { preferences, version } = await createProfileClient({
    baseUrl: service.url,
    token,
  }).getMyProfile();
  t.same(((preferences?.editors ?? []) as string[]).sort(), [...names].sort());
  t.equal(version, 21);
  t.ok(calls > 20, `the change was worked out ${calls} times`);
});

t.test('a change of one version is worked out from it, or refused', async (t) => {
  const person = makePerson();
  const own = createProfileClient({
    baseUrl: service.url,
    token: () => accessToken(service, person),
  });
  const machine = createProfileClient({
    baseUrl: service.url,
    token: () => machineToken(service),
  });
  await own.updateMyProfile({ displayName: 'Ada' });
  const stale = { version: 1 };
  const change = ({ displayName }: { displayName?: string }) => ({
    displayName: `${displayName} L.`,
  });
  const mismatch = { code: 'VERSION_MISMATCH' };
  await t.rejects(own.updateMyProfile(change, stale), mismatch);
  await t.rejects(machine.updateProfile(person.sub, change, stale), mismatch);
  t.match(await own.updateMyProfile(change, { version: 2 }), { displayName: 'Ada L.' });
  t.match(await machine.updateProfile(person.sub, change, { version: 3 }), { version: 4 });
});

t.test('trying again has an end', async (t) => {
  const person = makePerson();
  const token = () => accessToken(service, person);
  const client = createProfileClient({ baseUrl: service.url, token, maxMergeAttempts: 3 });
  const rival = createProfileClient({ baseUrl: service.url, token });
  let calls = 0;
  const update = client.updateMyProfile(async ({ version }) => {
    calls++;
    await rival.updateMyProfile({ preferences: { rival: version } });
    return { displayName: 'Ada' };
  });
  await t.rejects(update, { code: 'VERSION_MISMATCH' });
  t.equal(calls, 3);
});

t.test('an error of the change itself comes out, and nothing is written', async (t) => {
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: service.url, token: () => token });
  const change = () => {
    throw new Error('two people want different names');
  };
  await t.rejects(client.updateMyProfile(change), { message: 'two people want different names' });
  t.equal((await client.getMyProfile()).version, 1);
});

t.test('a write whose answer was lost is recognised, not done twice', async (t) => {
  const front = await startFront(t, service.url);
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: front.url, token: () => token });
  await client.updateMyProfile({ preferences: { count: 1 } });

  const lose = refuse(1, 503, { 'retry-after': '0' });
  front.replace = (request, response) => request.method === 'PATCH' && lose(request, response);
  const counted = await client.updateMyProfile(({ preferences }) => ({
    preferences: { count: Number(preferences?.count) + 1 },
  }));
  t.match(counted, { preferences: { count: 2 }, version: 3 });
});

t.test('a write whose answer was lost is recognised by what JSON says, not by how', async (t) => {
  const front = await startFront(t, service.url);
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: front.url, token: () => token });
  const { version } = await client.updateMyProfile({
    displayName: 'Ada',
    preferences: { a: 1, b: 2 },
  });
  const lose = refuse(1, 503, { 'retry-after': '0' });
  front.replace = (request, response) => request.method === 'PATCH' && lose(request, response);
  let calls = 0;
  const changed = await client.updateMyProfile(({ preferences }) => {
    calls++;
    return {
      preferences: {
        visits: [...((preferences?.visits as unknown[]) ?? []), { page: 'home', at: new Date(0) }],
        never: { was: null },
        a: null,
        b: undefined,
      },
    };
  });
  t.equal(calls, 1);
  t.match(changed, { version: version + 1, preferences: { b: 2 } });
  t.same(changed.preferences?.visits, [{ at: '1970-01-01T00:00:00.000Z', page: 'home' }]);
});

t.test('a write that another one of the same version undoes is done again', async (t) => {
  const front = await startFront(t, service.url);
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: front.url, token: () => token });
  const rival = createProfileClient({ baseUrl: service.url, token: () => token });
  for (const theirs of [[{ a: 1, b: 2, c: 3 }], [{ a: 1 }], [{ a: 1, b: 3 }], [], 'none', null]) {
    const mine = [{ b: 2, a: 1 }];
    const refusal = refuse(1, 503, { 'retry-after': '0' });
    front.answer = (request, response) => request.method === 'PATCH' && refusal(request, response);
    let calls = 0;
    const { preferences } = await client.updateMyProfile(async () => {
      if (calls++ === 0) await rival.updateMyProfile({ preferences: { list: theirs } });
      return { preferences: { list: mine } };
    });
    t.same(preferences?.list, mine);
    t.equal(calls, 2, JSON.stringify(theirs));
  }
});

t.test('an erasure whose answer was lost is done', async (t) => {
  const front = await startFront(t, service.url);
  const service2 = createProfileClient({ baseUrl: front.url, token: () => machineToken(service) });
  await service2.createProfile('somebody', { displayName: 'Somebody' });
  front.replace = refuse(1, 503, { 'retry-after': '0' });
  t.equal(await service2.eraseProfile('somebody'), undefined);
  await t.rejects(service2.eraseProfile('somebody'), { code: 'PROFILE_ERASED' });
});
