import t from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startService } from '../helper/start-service.ts';

const me = '/v1/profiles/me';
const service = await startService(t);
const ifMatch = (tag: string) => ({ 'if-match': tag });
const soon = () => Math.floor(Date.now() / 1000) + 4;

t.test('If-Match on an own profile that is not there is 412, and makes nothing', async (t) => {
  const service1 = machineToken(service);
  for (const method of ['PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? { body: { displayName: 'Ada' } } : {};
    for (const tag of ['"1"', '"3"', '*', 'W/"1"']) {
      for (const path of [() => me, (sub: string) => `/v1/profiles/${sub}`]) {
        const person = makePerson();
        const token = accessToken(service, person);
        const sent = { token, headers: ifMatch(tag), ...body };
        const answer = await sendChecked(t, service.url, method, path(person.sub), sent);
        const name = `${method} ${path('id')} If-Match: ${tag}`;
        t.match(answer, { status: 412, body: { code: 'VERSION_MISMATCH' } }, name);
        t.equal(answer.headers.get('etag'), null, 'there is no version to tell');
        const byService = { token: service1 };
        const after = await sendChecked(
          t,
          service.url,
          'GET',
          `/v1/profiles/${person.sub}`,
          byService,
        );
        t.equal(after.status, 404, 'nothing came to be');
      }
    }
  }
});

t.test('after an erasure the old sign-in gets 410, and a new one 412 with If-Match', async (t) => {
  for (const method of ['PATCH', 'DELETE']) {
    const person = makePerson();
    const token = accessToken(service, person);
    await sendChecked(t, service.url, 'GET', me, { token });
    t.equal((await sendChecked(t, service.url, 'DELETE', me, { token })).status, 204);
    const body = method === 'PATCH' ? { body: { displayName: 'Ada' } } : {};
    const sent = { headers: ifMatch('"1"'), ...body };
    const old = await sendChecked(t, service.url, method, me, { token, ...sent });
    t.match(old, { status: 410, body: { code: 'PROFILE_ERASED' } });
    const later = accessToken(service, person, { authTime: soon() });
    const fresh = await sendChecked(t, service.url, method, me, { token: later, ...sent });
    t.match(fresh, { status: 412, body: { code: 'VERSION_MISMATCH' } });
    const path = `/v1/profiles/${person.sub}`;
    const after = await sendChecked(t, service.url, 'GET', path, { token: machineToken(service) });
    t.equal(after.status, 410, `a refused ${method} made nothing`);
  }
});

t.test("a tag that can't be read is 400 and tells no version", async (t) => {
  const token = accessToken(service, makePerson());
  await sendChecked(t, service.url, 'GET', me, { token });
  const headers = { 'if-none-match': '3' };
  const answer = await sendChecked(t, service.url, 'GET', me, { token, headers });
  t.match(answer, { status: 400, body: { code: 'BAD_REQUEST' } });
  t.equal(answer.headers.get('etag'), null);
});

t.test('a write of what may be there takes no If-None-Match, and writes nothing', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person);
  await sendChecked(t, service.url, 'PATCH', me, { token, body: { displayName: 'Ada' } });
  for (const tag of ['*', '"1"', '"7"']) {
    for (const path of [me, `/v1/profiles/${person.sub}`]) {
      for (const method of ['PATCH', 'DELETE']) {
        const body = method === 'PATCH' ? { body: { displayName: 'Eve' } } : {};
        const sent = { token, headers: { 'if-none-match': tag }, ...body };
        const answer = await sendChecked(t, service.url, method, path, sent);
        t.match(answer, { status: 400, body: { code: 'BAD_REQUEST' } }, `${method} ${path} ${tag}`);
        t.match(answer.body.detail, 'If-Match');
      }
    }
  }
  const after = await sendChecked(t, service.url, 'GET', me, { token });
  t.match(after.body, { displayName: 'Ada', version: 2 });
});

t.test('a first request by the own id acts as one by /me', async (t) => {
  for (const groups of [[], ['admins']]) {
    const at = (method: string, body?: object) => {
      const person = makePerson({ name: 'Ada', groups });
      const token = idToken(service, person);
      const sent = { token, ...(body && { body }) };
      return sendChecked(t, service.url, method, `/v1/profiles/${person.sub}`, sent);
    };
    const name = JSON.stringify(groups);
    t.match(await at('GET'), { status: 200, body: { version: 1, displayName: 'Ada' } }, name);
    const patched = await at('PATCH', { givenName: 'Augusta' });
    t.match(patched, { status: 200, body: { displayName: 'Ada', givenName: 'Augusta' } }, name);
    t.equal((await at('DELETE')).status, 204, name);
  }
  const someone = accessToken(service, makePerson());
  const foreign = await sendChecked(t, service.url, 'GET', `/v1/profiles/${makePerson().sub}`, {
    token: someone,
  });
  t.equal(foreign.status, 403);
});

t.test('emailVerified without an address is refused by name', async (t) => {
  const token = machineToken(service);
  const path = `/v1/profiles/${makePerson().sub}`;
  const refused = {
    status: 400,
    body: {
      code: 'VALIDATION_FAILED',
      errors: [
        { pointer: '/emailVerified', detail: 'is only taken where the profile has an email' },
      ],
    },
  };
  const headers = { 'if-none-match': '*' };
  for (const emailVerified of [true, false]) {
    const body = { displayName: 'Ada', emailVerified };
    t.match(await sendChecked(t, service.url, 'PUT', path, { token, headers, body }), refused);
  }
  await sendChecked(t, service.url, 'PUT', path, { token, headers, body: { displayName: 'Ada' } });
  const patch = (body: object) => sendChecked(t, service.url, 'PATCH', path, { token, body });
  for (const body of [
    { emailVerified: true },
    { emailVerified: false },
    { email: null, emailVerified: true },
    { displayName: 'Grace', emailVerified: true },
  ]) {
    t.match(await patch(body), refused, JSON.stringify(body));
  }
  t.match(await patch({ emailVerified: null }), { status: 200, body: { version: 1 } });
  await patch({ email: 'ada@example.com' });
  t.match(await patch({ emailVerified: true }), { status: 200, body: { emailVerified: true } });
  t.match(await patch({ email: null, emailVerified: true }), refused);
  t.match(await patch({ displayName: 'Ada' }), { body: { email: 'ada@example.com', version: 3 } });
});

t.test('a DELETE with a content type and no body is taken', async (t) => {
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x']) {
    for (const length of [{}, { 'content-length': '0' }]) {
      const token = accessToken(service, makePerson());
      const headers = { 'content-type': type, ...length };
      const { status } = await sendChecked(t, service.url, 'DELETE', me, { token, headers });
      t.equal(status, 204, `${type} ${JSON.stringify(length)}`);
    }
  }
  const chunked = await fetch(new URL(me, service.url), {
    method: 'DELETE',
    headers: {
      authorization: `Bearer ${accessToken(service, makePerson())}`,
      'content-type': 'application/json',
    },
    body: new ReadableStream({ start: (stream) => stream.close() }),
    duplex: 'half',
  } as RequestInit);
  t.equal(chunked.status, 204, 'no bytes in chunks');
  const token = accessToken(service, makePerson());
  const text = { token, headers: { 'content-type': 'text/plain' }, body: 'x' };
  t.equal(
    (await sendChecked(t, service.url, 'DELETE', me, text)).status,
    415,
    'a body is looked at',
  );
  const broken = { token, body: '{' };
  t.match(await sendChecked(t, service.url, 'DELETE', me, broken), {
    status: 400,
    body: { code: 'MALFORMED_JSON' },
  });
});
