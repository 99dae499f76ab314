import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

const me = '/v1/profiles/me';
const nick = { type: 'string', maxLength: 20, 'x-write': ['self', 'service'] };
const badge = { type: 'string', maxLength: 20, 'x-write': ['self', 'service'] };

t.test('an object that was typed for a while is counted anew once it is free again', async (t) => {
  const file = join(t.testdir(), 'schema.json');
  const write = (definition: object) => {
    const notes = { type: 'object', 'x-write': ['self'], ...definition };
    return writeFile(file, JSON.stringify({ type: 'object', properties: { nick, notes } }));
  };
  const free = { additionalProperties: true, 'x-maxBytes': 200 };
  const text = { type: 'string', maxLength: 100 };
  const env = { PROFILE_SCHEMA_FILE: file };
  await write(free);
  const { engine, tableName, publisher, ...earlier } = await startService(t, { env });
  await write({ properties: { a: text, b: text } });
  const typed = await startService(t, { engine, tableName, publisher, env });
  await write(free);
  const later = await startService(t, { engine, tableName, publisher, env });
  const person = makePerson();
  const token = accessToken({ publisher }, person);
  const patch = async ({ url }: { url: string }, notes: object) => {
    const { status, body } = await send(url, 'PATCH', me, { token, body: { notes } });
    return [status, body.code];
  };
  t.same(await patch(earlier, { a: 'x' }), [200, undefined]);
  t.same(await patch(typed, { a: 'x'.repeat(90) }), [200, undefined]);
  t.same(await patch(typed, { b: 'x'.repeat(90) }), [200, undefined]);
  const { text: exported } = await send(typed.url, 'GET', `${me}/export`, { token });
  t.notMatch(exported, 'notesBytes');
  t.same(await patch(later, { c: 'x'.repeat(90) }), [400, 'PREFERENCES_TOO_LARGE']);
  t.same(await patch(later, { a: null, c: 'x'.repeat(30) }), [200, undefined]);
});

t.test('a retired field is hidden, exported whole and erased with the rest', async (t) => {
  const file = join(t.testdir(), 'schema.json');
  const write = (properties: object) =>
    writeFile(file, JSON.stringify({ type: 'object', properties }));
  await write({ nick, badge });
  const env = { PROFILE_SCHEMA_FILE: file };
  const { engine, tableName, publisher, ...earlier } = await startService(t, { env });
  const person = makePerson();
  const token = accessToken({ publisher }, person);
  const set = { token, body: { nick: 'ada', badge: 'canary' } };
  t.equal((await send(earlier.url, 'PATCH', me, set)).status, 200);

  await write({ nick, badge: { ...badge, 'x-retired': true } });
  const { url } = await startService(t, { engine, tableName, publisher, env });
  const byId = `/v1/profiles/${person.sub}`;
  const machine = machineToken({ publisher });
  for (const [path, reader] of [
    [`${me}?include=sources`, token],
    [`${byId}?include=sources`, machine],
  ] as const) {
    const { status, text } = await send(url, 'GET', path, { token: reader });
    t.equal(status, 200);
    t.match(text, '"nick":"ada"');
    t.notMatch(text, /badge|canary/);
  }
  t.equal((await send(url, 'PATCH', me, { token, body: { badge: 'x' } })).status, 400);
  t.equal((await send(url, 'PATCH', me, { token, body: { nick: 'eve' } })).status, 200);

  for (const [path, reader] of [
    [`${me}/export`, token],
    [`${byId}/export`, machine],
  ] as const) {
    const { body } = await send(url, 'GET', path, { token: reader });
    t.match(body, {
      profile: { nick: 'eve', badge: 'canary' },
      sources: { badge: 'person' },
      provenance: { badge: { at: String } },
    });
  }

  t.equal((await send(url, 'DELETE', me, { token })).status, 204);
  const { Item } = await engine.client.send(
    new GetItemCommand({ TableName: tableName, Key: { userId: { S: person.sub } } }),
  );
  t.ok(Item?.expiresAt, 'a tombstone');
  t.notMatch(JSON.stringify(Item), /badge|canary/);
});
