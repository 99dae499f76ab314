import t, { type Test } from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startService } from '../helper/start-service.ts';

const me = '/v1/profiles/me';

const service = await startService(t);

async function start(t: Test) {
  const person = makePerson({ givenName: 'Ada', familyName: 'Lovelace' });
  const own = idToken(service, person);
  const machine = machineToken(service);
  const path = `/v1/profiles/${person.sub}`;
  const byPerson = (method: string, at = me, options = {}) =>
    sendChecked(t, service.url, method, at, { token: own, ...options });
  const byService = (method: string, at = path, options = {}) =>
    sendChecked(t, service.url, method, at, { token: machine, ...options });
  return { service, person, path, byPerson, byService };
}

t.test('PUT creates once and replaces what the caller has seen', async (t) => {
  const { byService } = await start(t);
  const path = '/v1/profiles/new%20one';
  const create = { body: { displayName: 'A' }, headers: { 'if-none-match': '*' } };
  const unconditional = await byService('PUT', path, { body: {} });
  t.match(unconditional, { status: 428, body: { code: 'PRECONDITION_REQUIRED' } });
  t.equal((await byService('PUT', path, { body: {}, headers: { 'if-match': '*' } })).status, 404);
  const created = await byService('PUT', path, create);
  t.match(created, { status: 201, body: { userId: 'new one', displayName: 'A', version: 1 } });
  t.equal(created.headers.get('etag'), '"1"');
  t.equal(created.headers.get('location'), path);
  const again = await byService('PUT', path, create);
  t.match(again, { status: 412, body: { code: 'VERSION_MISMATCH' } });
  t.equal(again.headers.get('etag'), '"1"');

  const replace = (version: string, body: object) =>
    byService('PUT', path, { body, headers: { 'if-match': version } });
  t.match(await replace('"1"', { givenName: 'B', preferences: { b: 1 } }), { status: 200 });
  const { body } = await byService('GET', path);
  t.match(body, { givenName: 'B', preferences: { b: 1 }, version: 2 });
  t.notOk('displayName' in body, 'what was not given is gone');
  t.equal((await replace('"1"', {})).status, 412);
  t.equal((await replace('W/"2"', {})).status, 412, 'a weak tag never matches');
  t.match(await replace('*', { preferences: { b: 1 }, givenName: 'B' }), {
    status: 200,
    body: { version: 2 },
  });
  t.equal((await replace('nonsense', {})).status, 400);
  const both = { body: {}, headers: { 'if-match': '*', 'if-none-match': '*' } };
  t.equal((await byService('PUT', path, both)).status, 400);
  const tag = { body: {}, headers: { 'if-none-match': '"1"' } };
  t.equal((await byService('PUT', path, tag)).status, 400);
  t.equal((await byService('PUT', me, create)).status, 400, 'nobody is called me');
});

t.test('an erased profile is 410 to everything but a new sign-in', async (t) => {
  const { byPerson, byService } = await start(t);
  await byPerson('GET');
  t.equal((await byService('DELETE')).status, 204);
  for (const [method, options] of [
    ['GET', {}],
    ['PATCH', { body: { displayName: 'B' } }],
    ['PUT', { body: {}, headers: { 'if-none-match': '*' } }],
    ['PUT', { body: {}, headers: { 'if-match': '*' } }],
    ['DELETE', {}],
  ] as const) {
    const { status, body } = await byService(method, undefined, options);
    t.match({ status, code: body.code }, { status: 410, code: 'PROFILE_ERASED' }, method);
  }
  t.equal((await byPerson('GET')).status, 410);
});

t.test('what never was is 404', async (t) => {
  const { byService } = await start(t);
  const path = '/v1/profiles/nobody';
  t.equal((await byService('GET', path)).status, 404);
  t.equal((await byService('GET', `${path}/export`)).status, 404);
  t.equal((await byService('DELETE', path)).status, 404);
  const patch = { body: { displayName: 'A' } };
  t.equal((await byService('PATCH', path, patch)).status, 404);
  const any = { ...patch, headers: { 'if-match': '*' } };
  t.equal((await byService('PATCH', path, any)).status, 404);
  t.equal((await byService('GET', path)).status, 404, 'and nothing came to be');
});

t.test('field sources follow the writers and are shown to services alone', async (t) => {
  const { byPerson, byService, path } = await start(t);
  await byPerson('GET');
  await byPerson('PATCH', me, { body: { displayName: 'Countess', familyName: null } });
  await byService('PATCH', path, { body: { stripeCustomerId: 'cus_1' } });
  const { body } = await byService('GET', `${path}?include=sources`);
  t.strictSame(body.sources, {
    email: 'identityProvider',
    emailVerified: 'identityProvider',
    givenName: 'identityProvider',
    familyName: 'person',
    displayName: 'person',
    stripeCustomerId: 'service',
  });
  t.notOk('sources' in (await byService('GET')).body);
  t.notOk('sources' in (await byPerson('GET', `${path}?include=sources`)).body);
  t.equal((await byService('GET', `${path}?include=all`)).status, 400);

  const { email, emailVerified } = body;
  const content = { email, emailVerified, displayName: 'Countess', givenName: 'Augusta' };
  await byService('PUT', path, { body: content, headers: { 'if-match': '*' } });
  const after = await byService('GET', `${path}?include=sources`);
  t.match(after.body.sources, {
    email: 'identityProvider',
    displayName: 'person',
    givenName: 'service',
    stripeCustomerId: 'service',
  });
});

t.test('a later sign-in refreshes its own fields and leaves those of others', async (t) => {
  const { service, person, byPerson } = await start(t);
  await byPerson('GET');
  await byPerson('PATCH', me, { body: { givenName: 'Augusta' } });
  const renamed = { ...person, givenName: 'A.', familyName: 'King', picture: 'https://a.b/c' };
  const later = idToken(service, renamed, { issuedAt: Math.floor(Date.now() / 1000) + 3 });
  const { body } = await sendChecked(t, service.url, 'GET', me, { token: later });
  t.match(body, {
    givenName: 'Augusta',
    familyName: 'King',
    avatarUrl: 'https://a.b/c',
    version: 3,
  });
});

t.test('the export is everything held, offered as a download', async (t) => {
  const { person, path, byPerson, byService } = await start(t);
  await byPerson('PATCH', me, { body: { preferences: { theme: 'dark' } } });
  for (const answer of [
    await byPerson('GET', `${me}/export`),
    await byService('GET', `${path}/export`),
  ]) {
    t.equal(answer.status, 200);
    t.match(answer.headers.get('content-disposition'), /^attachment; filename=".+\.json"$/);
    t.match(answer.headers.get('content-type'), /^application\/json/);
    t.equal(answer.headers.get('etag'), '"2"');
    t.match(answer.body, {
      profile: { userId: person.sub, preferences: { theme: 'dark' }, version: 2 },
      sources: { preferences: 'person', email: 'identityProvider' },
      identityReadAt: /Z$/,
      exportedAt: /Z$/,
    });
  }
  t.equal((await byPerson('GET', `${path}/export`)).status, 403);
});

t.test('a patch that changes nothing answers the same version', async (t) => {
  const { byPerson, byService, path } = await start(t);
  await byPerson('GET');
  const preferences = { list: [1, { a: [] }], n: 0, inner: { a: 1 }, empty: {} };
  await byPerson('PATCH', me, { body: { displayName: 'A', preferences } });
  const same = [
    {},
    { preferences: {} },
    { displayName: 'A' },
    { avatarUrl: null },
    { preferences: { list: [1, { a: [] }] } },
    { preferences: { inner: {}, empty: {} } },
    { preferences: { inner: { b: null }, gone: null } },
    { displayName: 'A', preferences },
  ];
  for (const body of same) {
    const answer = await byPerson('PATCH', me, { body });
    t.match(answer, { status: 200, body: { version: 2 } }, JSON.stringify(body));
    t.equal(answer.headers.get('etag'), '"2"');
  }
  t.match(await byPerson('PATCH', me, { body: '{"preferences":{"n":-0}}' }), {
    body: { version: 2 },
  });
  const stale = { body: {}, headers: { 'if-match': '"1"' } };
  t.equal(
    (await byPerson('PATCH', me, stale)).status,
    412,
    'a stale version is stale all the same',
  );
  const { email } = (await byService('GET', path)).body;
  const address = { body: { email: String(email).toUpperCase() } };
  t.match(await byService('PATCH', path, address), { status: 200, body: { version: 2 } });
});

t.test('a new address is unverified unless the patch also sets it verified', async (t) => {
  const { byPerson, byService, path } = await start(t);
  await byPerson('GET');
  const patch = async (body: object) => (await byService('PATCH', path, { body })).body;
  t.match(await patch({ email: 'New@Example.com' }), {
    email: 'new@example.com',
    emailVerified: false,
  });
  t.match(await patch({ emailVerified: true }), { emailVerified: true });
  t.match(await patch({ email: 'b@example.com', emailVerified: true }), { emailVerified: true });
  t.notOk('emailVerified' in (await patch({ email: null })));
});

t.test('HEAD answers as GET does, without a body', async (t) => {
  const { service, byPerson, person } = await start(t);
  const { headers } = await byPerson('GET');
  const response = await fetch(`${service.url}${me}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${accessToken(service, person)}` },
  });
  t.equal(response.status, 200);
  t.equal(response.headers.get('etag'), headers.get('etag'));
  t.equal(await response.text(), '');
});

t.test('a read with the current version is 304, without a body', async (t) => {
  const { byPerson, byService, path } = await start(t);
  await byPerson('GET');
  for (const tag of ['"1"', 'W/"1"', '"7", "1"', '*']) {
    const known = { headers: { 'if-none-match': tag } };
    const answer = await byService('GET', path, known);
    t.match({ status: answer.status, text: answer.text }, { status: 304, text: '' }, tag);
    t.equal(answer.headers.get('etag'), '"1"');
  }
  const other = { headers: { 'if-none-match': '"2"' } };
  t.equal((await byService('GET', path, other)).status, 200);
});
