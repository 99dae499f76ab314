import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { sdkScope } from '../../local-cognito/tokens.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startService } from '../helper/start-service.ts';

/** What other programs, and earlier schemas, leave in the table beside what this service writes. */
const service = await startService(t);
const { engine, tableName, url } = service;
const token = machineToken(service);
const at = { S: '2026-01-01T00:00:00.000Z' };
const written = { version: { N: '1' }, createdAt: at, updatedAt: at };

async function insert(item: Record<string, AttributeValue>) {
  const { sub } = makePerson();
  const Item = { userId: { S: sub }, ...item };
  await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
  return sub;
}
async function readItem(userId: string) {
  const Key = { userId: { S: userId } };
  return (await engine.client.send(new GetItemCommand({ TableName: tableName, Key }))).Item;
}
const ask = (method: string, path: string, options = {}) =>
  sendChecked(t, url, method, path, { token, ...options });

t.test('a value of a type that JSON has not is shown as the nearest, and left', async (t) => {
  const names = { SS: ['x', 'y'] };
  const email = 'several@example.com';
  const odd = await insert({
    ...written,
    displayName: names,
    givenName: { NS: ['1', '2'] },
    familyName: { B: new Uint8Array([1, 2]) },
    avatarUrl: { BS: [new Uint8Array([3])] },
    email: { S: email },
    sources: { M: {} },
  });
  const other = await insert({ ...written, email: { S: email }, sources: { M: {} } });
  const path = `/v1/profiles/${odd}`;
  const shown = { displayName: ['x', 'y'], familyName: 'AQI=', avatarUrl: ['Aw=='] };
  const check = ({ status, body }: { status: number; body: object }, what: string) => {
    t.equal(status, 200, what);
    t.match(body, shown, what);
  };
  // Not of the contract's types, so not checked against it.
  const read = async (path: string, init = {}) => {
    const response = await fetch(url + path, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  check(await read(path), 'read');
  check(await read(`${path}?include=sources`), 'with its sources');
  const batch = { method: 'POST', body: JSON.stringify({ userIds: [other, odd] }) };
  const many = await read('/v1/profiles/batch-get', batch);
  t.match(many, { status: 200, body: { profiles: [{ userId: other }, shown] } });
  const found = await read(`/v1/profiles?email=${email}`);
  t.equal(found.status, 200);
  t.equal((found.body as { profiles: [] }).profiles.length, 2);
  const listed = await read('/v1/profiles');
  t.match(listed, { status: 200 });
  const exported = await read(`${path}/export`);
  t.match(exported, { status: 200, body: { profile: shown } });

  const patch = { method: 'PATCH', body: JSON.stringify({ preferences: { a: 1 } }) };
  check(await read(path, patch), 'another field patched');
  t.strictSame((await readItem(odd))?.displayName, names, 'as it was');
  const mended = await ask('PATCH', path, {
    body: { displayName: 'Ada', givenName: null, familyName: null, avatarUrl: null },
  });
  t.match(mended, { status: 200, body: { displayName: 'Ada', version: 3 } });
});

t.test('whoever has such a value can be erased', async (t) => {
  const odd = await insert({ ...written, displayName: { SS: ['x'] }, sources: { M: {} } });
  t.equal((await ask('DELETE', `/v1/profiles/${odd}`)).status, 204);
  t.equal((await ask('GET', `/v1/profiles/${odd}`)).status, 410);
});

t.test('what another program keeps in the table is nobody', async (t) => {
  const foreign = await insert({
    displayName: { S: 'no profile' },
    email: { S: 'no@example.com' },
  });
  const real = await insert({ ...written, sources: { M: {} } });
  const many = await ask('POST', '/v1/profiles/batch-get', { body: { userIds: [foreign, real] } });
  t.match(many, { status: 200, body: { profiles: [{ userId: real }], missing: [foreign] } });
  for (let cursor: string | undefined, pages = 0; pages < 20; pages++) {
    const next: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await fetch(`${url}/v1/profiles?limit=1${next}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    t.equal(page.status, 200);
    const body = (await page.json()) as { profiles: { userId: string }[]; nextCursor?: string };
    t.notOk(body.profiles.some(({ userId }) => userId === foreign));
    cursor = body.nextCursor;
    if (cursor === undefined) return;
  }
  t.fail('the list ends');
});

t.test('a profile that has no sources yet gets them with its first write', async (t) => {
  const bare = await insert({ ...written, givenName: { S: 'Ada' } });
  const patched = await ask('PATCH', `/v1/profiles/${bare}`, { body: { familyName: 'King' } });
  t.match(patched, { status: 200, body: { givenName: 'Ada', familyName: 'King', version: 2 } });
  const seen = await ask('GET', `/v1/profiles/${bare}?include=sources`);
  t.strictSame(seen.body.sources, { familyName: 'service' });
});

t.test('a write that an item has no room for is refused, and says why', async (t) => {
  const large = await insert({
    ...written,
    essay: { S: 'x'.repeat(385_000) },
    sources: { M: {} },
  });
  const path = `/v1/profiles/${large}`;
  const preferences = { a: 'y'.repeat(30_000) };
  for (const [method, headers] of [
    ['PATCH', {}],
    ['PUT', { 'if-match': '*' }],
  ] as const) {
    const refused = await ask(method, path, { body: { preferences }, headers });
    t.match(refused, { status: 413, body: { code: 'PAYLOAD_TOO_LARGE', detail: /400 KB/ } });
  }
  t.equal((await ask('PATCH', path, { body: { displayName: 'y' } })).status, 200);
});

t.test('a refresh that an item has no room for keeps nobody from reading', async (t) => {
  for (const [length, version] of [
    [1_000, 2],
    [409_300, 1],
  ] as const) {
    const essay = { S: 'x'.repeat(length) };
    const sub = await insert({ ...written, essay, sources: { M: {} } });
    const own = accessToken(service, makePerson({ sub }), { scope: sdkScope });
    service.publisher.attributes.set(own, { sub, name: 'n'.repeat(200) });
    const answer = await ask('GET', '/v1/profiles/me', { token: own });
    t.match(answer, { status: 200, body: { version } });
  }
});
