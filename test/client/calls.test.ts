import { randomUUID } from 'node:crypto';
import t from 'tap';
import {
  createProfileClient,
  hasCode,
  type Profile,
  ProfileServiceError,
} from '../../client/src/index.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { startService } from '../helper/start-service.ts';
import { startFront } from './front.ts';

const service = await startService(t);

t.test('a person reads, changes, takes along and erases their own profile', async (t) => {
  const person = makePerson({ givenName: 'Ada', familyName: 'Lovelace' });
  const client = createProfileClient({
    baseUrl: service.url,
    token: () => idToken(service, person, { authTime: Math.floor(Date.now() / 1000) - 10 }),
  });

  t.match(await client.getMyProfile(), { userId: person.sub, givenName: 'Ada', version: 1 });
  t.match(await client.updateMyProfile({ displayName: 'Ada', preferences: { theme: 'dark' } }), {
    displayName: 'Ada',
    version: 2,
  });
  const changed = await client.updateMyProfile(({ preferences }) => ({
    preferences: { count: Number(preferences?.count ?? 0) + 1 },
  }));
  t.match(changed, { version: 3, preferences: { theme: 'dark', count: 1 } });
  t.same(await client.updateMyProfile(() => undefined), changed, 'nothing to change is no write');
  t.notOk('displayName' in (await client.updateMyProfile({ displayName: null })));
  await t.rejects(client.updateMyProfile({ givenName: 'No' }, { version: 1 }), {
    code: 'VERSION_MISMATCH',
    status: 412,
  });
  t.match(await client.exportMyProfile(), {
    profile: { userId: person.sub },
    sources: { givenName: 'identityProvider' },
  });
  t.equal(await client.eraseMyProfile(), undefined);
  await t.rejects(client.getMyProfile(), { code: 'PROFILE_ERASED', status: 410 });
});

t.test('a service does every call it may', async (t) => {
  const client = createProfileClient({
    baseUrl: service.url,
    token: () => machineToken(service),
  });
  const userId = `id with a / and ü ${randomUUID()}`;
  const email = `${randomUUID()}@example.com`;
  const content = { email, stripeCustomerId: 'cus_one', revenueCatId: 'rc-1' };

  t.match(await client.createProfile(userId, content), { userId, version: 1 });
  await t.rejects(client.createProfile(userId, content), { code: 'VERSION_MISMATCH' });
  t.match(await client.getProfile(userId), { email });
  t.match(await client.getProfile(userId, { include: 'sources' }), {
    sources: { email: 'service' },
  });
  t.match(await client.updateProfile(userId, { displayName: 'Ada' }), { version: 2 });
  const grown = await client.updateProfile(userId, ({ displayName }) => ({
    displayName: `${displayName} L.`,
  }));
  t.match(grown, { displayName: 'Ada L.', version: 3 });
  t.match(await client.replaceProfile(userId, { ...content, givenName: 'Ada' }, { version: 3 }), {
    version: 4,
  });
  await t.rejects(client.replaceProfile(userId, content, { version: 3 }), {
    code: 'VERSION_MISMATCH',
  });
  t.match(await client.replaceProfile(userId, content), { userId, givenName: undefined });

  for (const found of [
    await client.findProfilesByEmail(email.toUpperCase()),
    await client.findProfiles({ stripeCustomerId: 'cus_one' }),
    await client.findProfiles({ revenueCatId: 'rc-1' }),
  ]) {
    t.same(
      found.map((profile) => profile.userId),
      [userId],
    );
  }
  t.same(await client.findProfilesByEmail('nobody@example.com'), []);
  // What JavaScript and `any` let through: without a value, the address is that of all profiles.
  for (const nothing of [undefined, null, '']) {
    const [email, refused] = [nothing as string, { code: 'VALIDATION_FAILED', status: 400 }];
    await t.rejects(client.findProfilesByEmail(email), refused);
    await t.rejects(client.findProfiles({ stripeCustomerId: email }), refused);
  }
  t.match(await client.batchGetProfiles([userId, 'nobody']), {
    profiles: [{ userId }],
    missing: ['nobody'],
  });
  t.match(await client.exportProfile(userId), { profile: { userId } });
  t.equal(await client.eraseProfile(userId), undefined);
  await t.rejects(client.getProfile(userId), { code: 'PROFILE_ERASED' });
  await t.rejects(client.getProfile('nobody'), { code: 'PROFILE_NOT_FOUND', status: 404 });
});

t.test('an id that no path can name is refused, and nothing else is asked for', async (t) => {
  const front = await startFront(t, service.url);
  const client = createProfileClient({ baseUrl: front.url, token: () => machineToken(service) });
  const calls: ((userId: string) => Promise<unknown>)[] = [
    client.getProfile,
    client.exportProfile,
    client.eraseProfile,
    client.closeAccount,
    client.removePicture,
    client.getPerson,
    (id) => client.setPicture(id, new Blob(['a picture'])),
    (id) => client.createProfile(id, {}),
    (id) => client.replaceProfile(id, {}),
    (id) => client.updateProfile(id, { displayName: 'Ada' }),
    (id) => client.updateProfile(id, () => ({ displayName: 'Ada' })),
  ];
  for (const id of ['', '.', '..']) {
    for (const call of calls) {
      const told = { name: 'TypeError', message: `"${id}" can't be a user id` };
      await t.rejects(call(id), told, `${call} ${id}`);
    }
  }
  t.same(front.requests, []);
  await t.rejects(client.getProfile('...'), { code: 'PROFILE_NOT_FOUND' });
});

t.test('all profiles come one by one, over as many pages as there are', async (t) => {
  const client = createProfileClient({ baseUrl: service.url, token: () => machineToken(service) });
  const ids = Array.from({ length: 25 }, (_, index) => `person-${index}`);
  await Promise.all(ids.map((id) => client.createProfile(id, {})));

  const listed: Profile[] = [];
  for await (const profile of client.listProfiles({ pageSize: 10 })) listed.push(profile);
  t.same(listed.map(({ userId }) => userId).sort(), [...ids].sort());

  let seen = 0;
  for await (const _ of client.listProfiles({ pageSize: 1 })) if (++seen === 3) break;
  t.equal(seen, 3, 'a caller who has seen enough stops');
});

t.test('a refusal says what is wrong where, and whom to ask', async (t) => {
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: service.url, token: () => token });
  const error = await client
    .updateMyProfile({ avatarUrl: 'http://plain.example.com/' })
    .catch((error: unknown) => error);
  if (!(error instanceof ProfileServiceError)) throw error;
  t.ok(hasCode(error, 'VALIDATION_FAILED', 'FIELD_NOT_WRITABLE'));
  t.notOk(hasCode(error, 'PROFILE_ERASED'));
  t.match(error, { status: 400, violations: [{ pointer: '/avatarUrl', detail: String }] });
  const { requestId } = error;
  t.ok(
    await service.findLine((line) => line.includes(`${requestId}`)),
    'the log knows the request id',
  );
  await t.rejects(client.getProfile('somebody-else'), { code: 'FORBIDDEN', status: 403 });
});
