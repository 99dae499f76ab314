import t from 'tap';
import { accessToken, idToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

const service = await startService(t);

t.test('a first request creates the profile with what the ID token tells', async (t) => {
  const person = makePerson({ givenName: 'Ada', familyName: 'Lovelace', name: 'Ada Lovelace' });
  const { status, body, headers } = await send(service.url, 'GET', '/v1/profiles/me', {
    token: idToken(service, person),
  });
  t.equal(status, 200);
  t.match(body, {
    userId: person.sub,
    email: person.email as string,
    emailVerified: true,
    givenName: 'Ada',
    familyName: 'Lovelace',
    displayName: 'Ada Lovelace',
    version: 1,
  });
  t.equal(headers.get('etag'), '"1"');
});

t.test('nested preferences merge, and versions guard', async (t) => {
  const token = accessToken(service, makePerson());
  const patch = (body: unknown, headers = {}) =>
    send(service.url, 'PATCH', '/v1/profiles/me', { token, body, headers });

  t.match(await patch({ preferences: { a: { b: 1 }, list: [1, { c: null }] } }), {
    status: 200,
    body: { version: 2 },
  });
  t.match(await patch({ preferences: { a: { d: 'x' } } }), { status: 200, body: { version: 3 } });
  const read = await send(service.url, 'GET', '/v1/profiles/me', { token });
  t.same(read.body.preferences, { a: { b: 1, d: 'x' }, list: [1, { c: null }] });

  const stale = await patch({ displayName: 'No' }, { 'if-match': '"2"' });
  t.equal(stale.status, 412);
  t.equal(stale.body.code, 'VERSION_MISMATCH');
  t.equal(stale.headers.get('etag'), '"3"');

  const unchanged = await send(service.url, 'GET', '/v1/profiles/me', {
    token,
    headers: { 'if-none-match': '"3"' },
  });
  t.equal(unchanged.status, 304);
  t.match(await patch({ preferences: { a: { b: 1 } } }), { status: 200, body: { version: 3 } });
});

t.test('without a token there is a challenge and a problem document', async (t) => {
  const { status, headers, body } = await send(service.url, 'GET', '/v1/profiles/me');
  t.equal(status, 401);
  t.equal(headers.get('content-type'), 'application/problem+json');
  t.equal(headers.get('www-authenticate'), 'Bearer realm="user-profile-service"');
  t.equal(body.code, 'TOKEN_MISSING');
});
