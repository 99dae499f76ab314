import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite, type TableEngine } from '../helper/table-engine.ts';
import { type Attributes, prepareTable } from './schema-command.ts';

type Table = Awaited<ReturnType<typeof prepareTable>>;

const free = { type: 'object', additionalProperties: true, 'x-maxBytes': 30_000 };
const everybody = { 'x-write': ['self', 'service'] };
const properties = {
  nick: { type: 'string', maxLength: 20, ...everybody },
  settings: { ...free, ...everybody },
  badge: { ...free, ...everybody },
  // Another field's name may end as a size's does.
  nickBytes: { type: 'integer', ...everybody },
};
const { badge, ...others } = properties;
const retired = { ...others, badge: { ...badge, 'x-retired': true } };

const text = (S: string) => ({ S });

async function setSchema({ schemaFile }: Table, fields: object): Promise<void> {
  await writeFile(schemaFile, JSON.stringify({ type: 'object', properties: fields }));
}

async function readItems({ client, tableName }: Table): Promise<Attributes[]> {
  const items: Attributes[] = [];
  let start: Attributes | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ExclusiveStartKey: start, ConsistentRead: true }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items.toSorted((one, other) => ((one.userId?.S ?? '') < (other.userId?.S ?? '') ? -1 : 1));
}

/** Profiles that people made while `badge` was in use. */
async function makeProfiles(t: Test, table: Table, engine: TableEngine, count: number) {
  const { schemaFile, tableName } = table;
  const service = await startService(t, {
    engine,
    tableName,
    env: { PROFILE_SCHEMA_FILE: schemaFile },
  });
  const people = Array.from({ length: count }, () => makePerson());
  await Promise.all(
    people.map(async (person) => {
      const body = { badge: { won: 'gold' }, settings: { k0: 0 }, nick: 'ada', nickBytes: 3 };
      const token = accessToken(service, person);
      const { status } = await send(service.url, 'PATCH', '/v1/profiles/me', { token, body });
      t.equal(status, 200);
    }),
  );
  service.child.kill('SIGTERM');
  await service.ended;
  return { ids: people.map(({ sub }) => sub), publisher: service.publisher };
}

for (const [state, fields] of Object.entries({ retired, 'not in the schema': others })) {
  t.test(`a purge beside writes loses none and leaves no trace: ${state}`, async (t) => {
    const engine = await startDynalite(t);
    const table = await prepareTable(t, properties, engine);
    const { ids, publisher } = await makeProfiles(t, table, engine, 40);
    await setSchema(table, fields);
    const { schemaFile, tableName } = table;
    const service = await startService(t, {
      engine,
      tableName,
      publisher,
      env: { PROFILE_SCHEMA_FILE: schemaFile },
    });
    const token = machineToken(service);
    const ask = (method: string, id: string, body?: object, headers: object = {}) =>
      send(service.url, method, `/v1/profiles/${id}`, {
        token,
        ...(body && { body }),
        headers: { ...headers },
      });
    const before = new Map<string, number>();
    for (const id of ids) before.set(id, Number((await ask('GET', id)).body.version));

    let isPurging = true;
    const acknowledged = new Map(ids.map((id) => [id, 0]));
    /** Patches in place and whole-item writes in turn, each with one more key. */
    const write = async (id: string) => {
      for (let at = 1; isPurging; at++) {
        if (at % 2 === 1) {
          const { status } = await ask('PATCH', id, { settings: { [`k${at}`]: at } });
          t.equal(status, 200);
        } else {
          for (let status = 412; status === 412; ) {
            const { body, headers } = await ask('GET', id);
            const settings = { ...(body.settings as object), [`k${at}`]: at };
            const next = { email: body.email, nick: 'ada', nickBytes: 3, settings };
            const answer = await ask('PUT', id, next, { 'if-match': headers.get('etag') });
            status = answer.status;
            if (status !== 200 && status !== 412) t.fail(`PUT ${status} ${answer.text}`);
          }
        }
        acknowledged.set(id, at);
        await sleep(20);
      }
    };
    const writers = ids.slice(0, 12).map(write);
    const { code, stdout, stderr } = await table.run('purge', 'badge', '--yes', '--rate', '20');
    isPurging = false;
    await Promise.all(writers);
    t.equal(code, 0, stdout + stderr);
    t.match(stdout, 'badge removed from 40 of 40 items');

    for (const item of await readItems(table)) {
      const id = item.userId?.S ?? '';
      t.notMatch(JSON.stringify(item), /badge|gold/, 'no trace');
      const writes = acknowledged.get(id) ?? 0;
      const version = before.get(id) ?? 0;
      t.equal(Number(item.version?.N), version + writes + 1, 'each write and the purge count once');
      t.same(
        Object.keys(item.settings?.M ?? {}).length,
        writes + 1,
        `none of ${writes} writes is lost`,
      );
      t.equal(item.nickBytes?.N, '3');
      const { status, headers } = await ask('GET', id, undefined, {
        'if-none-match': `"${version}"`,
      });
      t.equal(status, 200, 'the entity tag is another');
      t.equal(headers.get('etag'), `"${item.version?.N}"`);
    }
    const written = ids.slice(0, 12).map((id) => acknowledged.get(id) ?? 0);
    t.ok(Math.min(...written) > 1, `writes beside it: ${written}`);
    const again = await table.run('purge', 'badge', '--yes');
    t.match(again, { code: 0, stdout: /badge removed from 0 of 40 items/ });
  });
}

t.test('a dry run counts, and writes nothing', async (t) => {
  const table = await prepareTable(t, retired);
  await table.put('held', { badge: { M: {} }, badgeBytes: { N: '2' } });
  await table.put('removed', { sources: { M: { badge: text('p'), 'badge@': text('mif0w2k8') } } });
  const common = { badge: text('p'), '@': text('mif0w2k8') };
  await table.put('alone', { sources: { M: common } });
  await table.put('shared', { nick: text('ada'), sources: { M: { ...common, nick: text('p') } } });
  await table.put('never', { nick: text('ada') });
  await table.put('erased', { expiresAt: { N: '9' }, badge: { M: {} } });
  const before = await readItems(table);
  for (const args of [['badge'], ['badge', '--dry-run']]) {
    t.match(await table.run('purge', ...args), {
      code: 3,
      stdout: /4 of \d items hold badge; --yes removes it/,
    });
  }
  t.same(await readItems(table), before);
  t.match(await table.run('purge', 'badge', '--yes'), {
    code: 0,
    stdout: /badge removed from 4 of 6 items/,
  });
  const [alone, erased, ...after] = await readItems(table);
  t.same(alone?.sources, { M: {} }, 'nor the moment that nothing else needs');
  const shared = after.find(({ userId }) => userId?.S === 'shared');
  t.same(shared?.sources, { M: { nick: text('p'), '@': text('mif0w2k8') } });
  t.ok(erased?.badge, 'a tombstone is left to erasure');
  t.notMatch(JSON.stringify(after), 'badge');
  t.match(await table.run('purge', 'badge'), { code: 0, stdout: /0 of 6 items hold badge/ });
});

t.test('the size of an object goes, and a field that is called like one stays', async (t) => {
  const table = await prepareTable(t, others);
  await table.put('object', { old: { M: {} }, oldBytes: { N: '2' } });
  await table.put('text', { old: text('x'), oldBytes: { N: '7' } });
  await setSchema(table, { nickBytes: { type: 'integer' } });
  await table.put('named', { nick: { M: {} }, nickBytes: { N: '7' } });
  await table.put('no-profile', { old: text('x'), version: text('one') });
  const { code, stdout } = await table.run('purge', 'old', '--yes');
  t.equal(code, 3, stdout);
  t.match(stdout, /removed from 2 of 4 items\n.*1 are left/);
  t.match(await table.run('purge', 'nick', '--yes'), { code: 0 });
  const [named, noProfile, object, plain] = await readItems(table);
  t.match(named, { nickBytes: { N: '7' } });
  t.match(noProfile, { old: text('x') });
  t.match([object?.oldBytes, plain?.oldBytes], [undefined, { N: '7' }]);
});

t.test('an interrupted purge ends, and the next one goes on', async (t) => {
  const table = await prepareTable(t, retired);
  for (let at = 0; at < 30; at++) await table.put(`person-${at}`, { badge: { M: {} } });
  const checkpoint = join(table.folder, 'checkpoint.json');
  const args = ['purge', 'badge', '--yes', '--checkpoint', checkpoint];
  const { child, ended } = table.start(...args, '--rate', '2');
  const held = async () => (await readItems(table)).filter((item) => item.badge).length;
  while ((await held()) > 27) await sleep(50);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  t.equal(code, 130, stderr);
  const left = await held();
  t.ok(left > 0);
  t.match(stderr, `${30 - left} lost badge; run it again to go on`);
  t.equal(JSON.parse(await readFile(checkpoint, 'utf8')).tally.purged, 30 - left);
  const next = await table.run(...args);
  t.match(next, { code: 0, stdout: /badge removed from 30 of 30 items/ });
  t.equal(await held(), 0);
  t.notOk(existsSync(checkpoint));
});

t.test('what is in use, core or internal is refused, with nothing done', async (t) => {
  const table = await prepareTable(t, retired);
  await table.put('ada', { nick: text('ada'), settings: { M: {} }, settingsBytes: { N: '2' } });
  const before = await readItems(table);
  for (const [name, reason] of [
    ['nick', /is a field in use: set x-retired/],
    ['settings', /is a field in use/],
    ['settingsBytes', /is where the size of settings is kept/],
    ['badgeBytes', /is where the size of badge is kept/],
    ['email', /is a core field/],
    ['version', /is a core field/],
    ['userId', /is a core field/],
    ['sources', /is a name that the service uses itself/],
    ['w0', /uses itself/],
    ['expiresAt', /uses itself/],
    ['', /is no name/],
  ] as const) {
    const { code, stderr } = await table.run('purge', name, '--yes');
    t.equal(code, 2, `${name} ${stderr}`);
    t.match(stderr, reason);
  }
  for (const args of [[], ['badge', 'nick'], ['badge', '--yes', '--dry-run']]) {
    t.match(await table.run('purge', ...args), { code: 2, stdout: '' }, args.join(' '));
  }
  t.same(await readItems(table), before);
});
