import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { publicFile, startPublicService, writePublicFile } from './public-schema.ts';

const service = await startPublicService(t);
const machine = machineToken(service);

async function makeMember() {
  const person = makePerson();
  const token = accessToken(service, person);
  const ask = (method: string, path: string, body?: object, by = token) =>
    send(service.url, method, path, { token: by, ...(body && { body }) });
  await ask('PATCH', '/v1/profiles/me', { displayName: 'Ada' });
  const look = () => ask('GET', `/v1/people/${person.sub}`, undefined, machine);
  return { person, token, ask, look };
}

t.test('a person hides and comes back; their own profile says so', async (t) => {
  const { person, ask, look } = await makeMember();
  t.equal((await look()).status, 200, 'listed unless they say otherwise');
  t.notOk('listed' in (await ask('GET', '/v1/profiles/me')).body);

  t.match(await ask('PATCH', '/v1/profiles/me', { listed: false }), { body: { listed: false } });
  t.equal((await look()).status, 404);
  t.equal((await ask('GET', `/v1/people/${person.sub}`)).status, 404, 'they see what others see');
  t.match(await ask('GET', '/v1/profiles/me/export'), {
    body: {
      profile: { listed: false },
      sources: { listed: 'person' },
      provenance: { listed: { at: String } },
    },
  });

  await ask('PATCH', '/v1/profiles/me', { listed: true });
  t.equal((await look()).status, 200);
  await ask('PATCH', '/v1/profiles/me', { listed: false });
  t.notOk('listed' in (await ask('PATCH', '/v1/profiles/me', { listed: null })).body);
  t.equal((await look()).status, 200);
});

t.test(
  'a service may hide somebody, and no replacement brings them back by accident',
  async (t) => {
    const { person, look } = await makeMember();
    const byId = `/v1/profiles/${person.sub}`;
    const ask = (method: string, body: object) =>
      send(service.url, method, byId, {
        token: machine,
        body,
        ...(method === 'PUT' && { headers: { 'if-match': '*' } }),
      });
    t.equal((await ask('PATCH', { listed: false })).status, 200);
    t.match(await ask('PUT', { displayName: 'Ada L.' }), { status: 200, body: { listed: false } });
    t.equal((await look()).status, 404);
    t.match(await ask('PUT', { displayName: 'Ada', listed: true }), { body: { listed: true } });
    t.equal((await look()).status, 200);
  },
);

t.test('it is true or false, and no word of it is lost', async (t) => {
  const { ask } = await makeMember();
  for (const listed of ['false', 0, {}, []]) {
    const answer = await ask('PATCH', '/v1/profiles/me', { listed });
    t.match(answer, { status: 400, body: { errors: [{ pointer: '/listed' }] } });
  }
  const { body } = await ask('GET', '/v1/schema');
  t.match((body.properties as object)['listed' as never], {
    type: 'boolean',
    title: 'Visible to others',
    readOnly: undefined,
  });
  t.match((body.properties as object)['displayName' as never], { 'x-public': true });
  t.notOk('x-public' in (body.properties as object)['diary' as never]);
});

t.test('whatever else than true stands there, they stay hidden', async (t) => {
  for (const listed of ['yes', 'true', null, 0] as const) {
    const person = makePerson();
    await service.put(person.sub, { displayName: 'Ada', listed });
    const { status } = await send(service.url, 'GET', `/v1/people/${person.sub}`, {
      token: machine,
    });
    t.equal(status, 404, JSON.stringify(listed));
  }
});

t.test('a task of before any field was public keeps it through every write', async (t) => {
  const { person, token, ask, look } = await makeMember();
  await ask('PATCH', '/v1/profiles/me', { listed: false });
  const { engine, tableName, publisher } = service;
  const { displayName, ...others } = publicFile.properties;
  const isPrivate = ([, field]: [string, object]) => !JSON.stringify(field).includes('"everyone"');
  const properties = {
    displayName: { ...displayName, 'x-read': ['self', 'service'] },
    ...Object.fromEntries(Object.entries(others).filter(isPrivate)),
  };
  const file = writePublicFile(t, { ...publicFile, properties });
  const older = await startService(t, {
    engine,
    tableName,
    publisher,
    env: { PROFILE_SCHEMA_FILE: file },
  });
  const write = (method: string, path: string, body: object, headers = {}) =>
    send(older.url, method, path, { token: path.endsWith('/me') ? token : machine, body, headers });
  t.equal((await write('PATCH', '/v1/profiles/me', { displayName: 'Ada 2' })).status, 200);
  t.notOk('listed' in (await write('PATCH', '/v1/profiles/me', {})).body);
  const byId = `/v1/profiles/${person.sub}`;
  t.equal((await write('PUT', byId, { displayName: 'Ada 3' }, { 'if-match': '*' })).status, 200);
  t.equal((await look()).status, 404);
  const { body } = await ask('GET', '/v1/profiles/me/export');
  t.match(body, {
    profile: { listed: false, displayName: 'Ada 3' },
    sources: { listed: 'person' },
  });
});

t.test('an erasure leaves nothing of it, and a new sign-in is listed', async (t) => {
  const { person, token, ask } = await makeMember();
  await ask('PATCH', '/v1/profiles/me', { listed: false });
  t.equal((await ask('DELETE', '/v1/profiles/me')).status, 204);
  const { Item } = await service.engine.client.send(
    new GetItemCommand({ TableName: service.tableName, Key: { userId: { S: person.sub } } }),
  );
  t.notMatch(JSON.stringify(Item), 'listed');
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token })).status, 410);
});
