import { randomUUID } from 'node:crypto';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startPublicService } from './public-schema.ts';

const service = await startPublicService(t);
const viewer = accessToken(service, makePerson());
const look = (userId: string, headers: Record<string, string> = {}, token = viewer) =>
  send(service.url, 'GET', `/v1/people/${encodeURIComponent(userId)}`, { token, headers });
const lookAtAll = (userIds: unknown, token = viewer) =>
  send(service.url, 'POST', '/v1/people/batch-get', { token, body: { userIds } });

t.test('others see the public fields and the user id, and nothing else', async (t) => {
  const userId = `an id with a / and ü ${randomUUID()}`;
  await service.put(userId, {
    email: 'ada@example.com',
    displayName: 'Ada',
    tags: ['a', 'b'],
    place: { city: 'London' },
    nickname: 'retired',
    givenName: 'private',
    crmId: 'crm-1',
  });
  const { status, body, headers } = await look(userId);
  t.equal(status, 200);
  t.strictSame(body, { userId, displayName: 'Ada', tags: ['a', 'b'], place: { city: 'London' } });
  t.equal(headers.get('cache-control'), 'private, max-age=60');
  t.equal(headers.get('vary'), 'authorization');
  t.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  t.match(headers.get('etag'), /^"[\w-]{22}"$/);

  const head = await send(service.url, 'HEAD', `/v1/people/${encodeURIComponent(userId)}`, {
    token: viewer,
  });
  t.equal(head.headers.get('etag'), headers.get('etag'), 'HEAD tells the same');
});

t.test('the entity tag follows what is public, and no private change moves it', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person);
  const patch = (body: object) =>
    send(service.url, 'PATCH', '/v1/profiles/me', { token, body }).then(({ status }) => status);
  t.equal(await patch({ displayName: 'Ada', diary: 'one' }), 200);
  const before = await look(person.sub);
  const tag = before.headers.get('etag') ?? '';
  t.equal(await patch({ diary: 'two', preferences: { a: 1 } }), 200);
  t.equal((await look(person.sub)).headers.get('etag'), tag, 'activity is nobody’s business');

  const known = await look(person.sub, { 'if-none-match': tag });
  t.match([known.status, known.text], [304, '']);
  t.equal(known.headers.get('cache-control'), 'private, max-age=60');
  t.equal(known.headers.get('etag'), tag);

  t.equal(await patch({ displayName: 'Ada L.' }), 200);
  const after = await look(person.sub, { 'if-none-match': tag });
  t.match([after.status, after.body.displayName], [200, 'Ada L.']);
  t.not(after.headers.get('etag'), tag);
});

t.test('a batch keeps the order and the duplicates, and names who is nobody once', async (t) => {
  const [ada, bob, nobody] = [randomUUID(), randomUUID(), randomUUID()];
  await service.put(ada, { displayName: 'Ada', givenName: 'x' });
  await service.put(bob, { displayName: 'Bob' });
  const { status, body, headers } = await lookAtAll([bob, nobody, ada, bob, nobody]);
  t.equal(status, 200);
  const [one, other] = [
    { userId: bob, displayName: 'Bob' },
    { userId: ada, displayName: 'Ada' },
  ];
  t.strictSame(body, { people: [one, other, one], missing: [nobody] });
  t.equal(headers.get('cache-control'), 'private, max-age=60');
  const alone = await lookAtAll([nobody]);
  t.strictSame(alone.body, { people: [], missing: [nobody] });
});

t.test('who is asked wrongly is refused by name', async (t) => {
  for (const userIds of [[], Array(101).fill('a'), [''], ['x'.repeat(129)], 'a', undefined]) {
    t.match(await lookAtAll(userIds), { status: 400, body: { code: 'VALIDATION_FAILED' } });
  }
  t.match(await look('me'), { status: 400, body: { errors: [{ pointer: '/userId' }] } });
  t.equal((await look(randomUUID(), { 'if-none-match': 'x' })).status, 404, 'nobody has no tag');
});

t.test('every caller may look but a service without the scope and who is not known', async (t) => {
  const userId = randomUUID();
  await service.put(userId, { displayName: 'Ada' });
  const admin = accessToken(service, makePerson({ groups: ['admins'] }));
  const expected: [string, string | undefined, number][] = [
    ['person', viewer, 200],
    ['administrator', admin, 200],
    ['service that reads', machineToken(service, 'profiles/read'), 200],
    ['service that writes', machineToken(service, 'profiles/write profiles/erase'), 403],
    ['nobody', undefined, 401],
    ['bad token', 'a.b.c', 401],
  ];
  for (const [name, token, status] of expected) {
    const options = token === undefined ? {} : { token };
    const one = await send(service.url, 'GET', `/v1/people/${userId}`, options);
    const many = await send(service.url, 'POST', '/v1/people/batch-get', {
      ...options,
      body: { userIds: [userId] },
    });
    t.strictSame([one.status, many.status], [status, status], name);
  }
});

t.test('looking makes no profile, refreshes none and never asks Cognito', async (t) => {
  const person = makePerson({ givenName: 'Ada' });
  // With this scope Cognito would be asked at the first request of one's own.
  const token = accessToken(service, person, { scope: 'aws.cognito.signin.user.admin' });
  const asked = service.publisher.requests.length;
  t.equal(
    (await look(person.sub, {}, token)).status,
    404,
    'they are nobody yet, to themselves too',
  );
  await lookAtAll([person.sub], token);
  const { Item } = await service.engine.client.send(
    new GetItemCommand({ TableName: service.tableName, Key: { userId: { S: person.sub } } }),
  );
  t.equal(Item, undefined);
  t.equal(service.publisher.requests.length, asked);
});

t.test(
  'a token of before one’s own erasure still looks at others, and not at oneself',
  async (t) => {
    const [other, person] = [randomUUID(), makePerson()];
    await service.put(other, { displayName: 'Bob' });
    const token = accessToken(service, person, { authTime: Math.floor(Date.now() / 1000) - 60 });
    await send(service.url, 'GET', '/v1/profiles/me', { token });
    t.equal((await send(service.url, 'DELETE', '/v1/profiles/me', { token })).status, 204);
    t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token })).status, 410);
    t.equal((await look(other, {}, token)).status, 200);
    t.equal((await look(person.sub, {}, token)).status, 404);
  },
);

t.test('what an earlier schema left below a public field stays private', async (t) => {
  const userId = randomUUID();
  await service.put(userId, { displayName: 'Ada', place: { city: 'London' } });
  const M = { city: { S: 'London' }, street: { S: 'canary' } };
  await service.engine.client.send(
    new UpdateItemCommand({
      TableName: service.tableName,
      Key: { userId: { S: userId } },
      UpdateExpression: 'SET place = :place, displayName = :name, bio = :long',
      ExpressionAttributeValues: {
        ':place': { M },
        ':name': { M: { secret: { S: 'canary' } } },
        ':long': { S: 'x'.repeat(20_001) },
      },
    }),
  );
  const { status, body, text } = await look(userId);
  t.equal(status, 200);
  t.notMatch(text, 'canary');
  t.same(body.place, { city: 'London' });
  t.equal(String(body.bio).length, 20_001, 'what no longer fits its bounds is answered as it is');
});

t.test(
  'without a public field there are no such routes, no field and no word of them',
  async (t) => {
    const plain = await startService(t);
    const token = accessToken(plain, makePerson());
    const unknown = await send(plain.url, 'GET', '/v1/peoples/x', { token });
    for (const [method, path] of [
      ['GET', '/v1/people/x'],
      ['POST', '/v1/people/batch-get'],
    ] as const) {
      const { status, body } = await send(plain.url, method, path, { token });
      const { requestId, ...problem } = body;
      const { requestId: _id, ...expected } = unknown.body;
      t.strictSame([status, problem], [404, expected], `${method} ${path}`);
    }
    for (const path of ['/openapi.json', '/v1/schema']) {
      t.notMatch(
        (await send(plain.url, 'GET', path, { token })).text,
        /v1.people|"listed"|x-public/,
      );
    }
    const patched = await send(plain.url, 'PATCH', '/v1/profiles/me', {
      token,
      body: { listed: false },
    });
    t.match(patched, { status: 400, body: { errors: [{ pointer: '/listed' }] } });
  },
);
