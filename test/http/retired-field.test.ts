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
