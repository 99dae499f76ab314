import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteTableCommand,
} from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { defineTable } from '../../src/dynamodb/table.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { judgeTime } from '../helper/machine.ts';
import { startDynalite, untilActive } from '../helper/table-engine.ts';
import { type Attributes, prepareTable } from './schema-command.ts';

const properties = {
  jobTitle: { type: 'string', maxLength: 20, enum: ['dev', 'ops'] },
  crmId: { type: 'string', maxLength: 44, pattern: '^crm_[a-z0-9]{1,40}$' },
  seats: { type: 'integer', minimum: 0, maximum: 10 },
  address: { type: 'object', properties: { city: { type: 'string', maxLength: 10 } } },
  settings: { type: 'object', additionalProperties: true, 'x-maxBytes': 40 },
  badge: { type: 'object', additionalProperties: true, 'x-maxBytes': 100, 'x-retired': true },
};
/** The table was made before `crmId` was looked up by, so that it may hold what no index takes. */
const lookedUp = { ...properties, crmId: { ...properties.crmId, 'x-lookup': 'CrmIndex' } };

const secret = 'canary-7391';
const text = (S: string) => ({ S });
const fitting: Attributes = {
  jobTitle: text('dev'),
  crmId: text('crm_1'),
  seats: { N: '10' },
  address: { M: { city: text('London') } },
  settings: { M: { a: text('x') } },
  settingsBytes: { N: '9' },
  email: text('ada@example.com'),
  emailVerified: { BOOL: true },
  identityAt: { N: '1' },
  w0: text('-'),
};
const misfits: [field: string, value: AttributeValue][] = [
  ['jobTitle', text(secret)],
  ['jobTitle', { N: '739173917391' }],
  ['jobTitle', { SS: [secret] }],
  ['seats', { N: '11' }],
  ['seats', { N: '0.5' }],
  ['seats', { NULL: true }],
  ['address', { M: { city: text(`${secret}-${secret}`) } }],
  ['address', { M: { street: text(secret) } }],
  ['address', text(secret)],
  ['settings', { M: { a: text(secret.repeat(4)) } }],
  ['settings', { L: [] }],
  ['email', text(`${secret} at example.com`)],
  ['crmId', text(secret)],
];

t.test('values that do not fit are counted by field, and none is shown', async (t) => {
  const { run, put, schemaFile } = await prepareTable(t, properties);
  await writeFile(schemaFile, JSON.stringify({ type: 'object', properties: lookedUp }));
  await put('fits', fitting);
  const fits = await run('scan');
  t.match(fits, { code: 0, stdout: '', stderr: /1 items read, .*every value fits/ });

  for (const [at, [field, value]] of misfits.entries()) {
    await put(`misfit-${at}`, { ...fitting, [field]: value });
  }
  await put('no-key', { ...fitting, crmId: { N: '7391' } });
  await put('held', { ...fitting, badge: { M: { a: text(secret) } }, badgeBytes: { N: '9' } });
  // What no field names; the size of an object goes with it.
  await put('unnamed', { legacy: { M: { a: text(secret) } }, legacyBytes: { N: '9' } });
  await put('hidden', { listed: { BOOL: false } });
  await put('other', { legacy: text(secret), 'odd\u001b[2J name': text(secret) });
  await put('tombstone', {
    erasedAt: text('2026-01-01'),
    expiresAt: { N: '9' },
    seats: { N: '99' },
  });

  const { code, stdout, stderr } = await run('scan');
  t.equal(code, 3, stderr);
  t.same(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ {2,}/, ': ')),
    [
      "email: 1 don't fit the schema",
      "jobTitle: 3 don't fit the schema",
      "crmId: 2 don't fit the schema, 1 can't be keys of CrmIndex",
      "seats: 3 don't fit the schema",
      "address: 3 don't fit the schema",
      "settings: 2 don't fit the schema",
      'badge: 1 still held: the field is retired',
      'legacy: 2 held: the schema names no such field',
      'listed: 1 held: no field is public now',
      '"odd\\u001b[2J name": 1 held: the schema names no such field',
    ],
  );
  t.match(stderr, /20 items read, 1 of them tombstones; some values do not fit/);
  for (const value of [secret, '7391', 'London']) t.notMatch(stdout + stderr, value);
});

/** 250 items on some five pages, every tenth with a misfit. */
async function fillPages({ put }: Awaited<ReturnType<typeof prepareTable>>) {
  const padding = text('x'.repeat(20_000));
  for (let at = 0; at < 250; at++) {
    const seats = { N: at % 10 === 0 ? '99' : '1' };
    await put(`person-${at}`, { seats, padding, ...(at % 3 === 0 && { badge: { M: {} } }) });
  }
}

async function waitForPage(checkpoint: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (existsSync(checkpoint)) {
      const { from } = JSON.parse(await readFile(checkpoint, 'utf8'));
      if (from !== null) return;
    }
    await sleep(20);
  }
  throw new Error('no page was done within a minute');
}

t.test('a scan that is killed or interrupted goes on and counts each item once', async (t) => {
  const table = await prepareTable(t, properties);
  await fillPages(table);
  const whole = await table.run('scan');
  t.match(whole, {
    code: 3,
    stdout: /^seats +25 don't.*\nbadge +84 still held.*\npadding +250 held/,
  });

  const checkpoint = join(table.folder, 'checkpoint.json');
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const { child, ended } = table.start('scan', '--checkpoint', checkpoint, '--rate', '0.05');
    await waitForPage(checkpoint);
    const at = performance.now();
    child.kill(signal);
    const { code, stderr } = await ended;
    const endedMs = performance.now() - at;
    const { tally } = JSON.parse(await readFile(checkpoint, 'utf8'));
    t.ok(tally.itemsRead > 0 && tally.itemsRead < 250, `${signal} after ${tally.itemsRead} items`);
    if (signal === 'SIGINT') {
      t.equal(code, 130, stderr);
      t.match(stderr, new RegExp(`interrupted: ${tally.itemsRead} items read; run it again`));
      judgeTime(t, endedMs, 10_000, 'it ends although it was waiting for its turn');
    }
    const other = await table.run('purge', 'badge', '--checkpoint', checkpoint);
    t.match(other, { code: 2, stderr: /is of another run \(command scan\)/ });
    const resumed = await table.run('scan', '--checkpoint', checkpoint);
    t.match(resumed.stderr, `going on: ${tally.itemsRead} items read`);
    t.match(resumed, { code: whole.code, stdout: whole.stdout });
    t.notOk(existsSync(checkpoint), 'after a whole walk there is nothing to go on with');
  }
});

t.test('a checkpoint is of one table, whatever chose account, Region and endpoint', async (t) => {
  const table = await prepareTable(t, properties);
  await fillPages(table);
  const { env, tableName, folder } = table;
  const elsewhere = await startDynalite(t);
  const definition = defineTable(tableName, defaultSchema);
  await elsewhere.client.send(new CreateTableCommand(definition));
  await untilActive(elsewhere.endpoint, tableName);
  const config = join(folder, 'config');
  const profiles = {
    staging: ['eu-west-1', env.AWS_ENDPOINT_URL_DYNAMODB],
    production: ['eu-west-1', elsewhere.endpoint],
    abroad: ['us-east-1', env.AWS_ENDPOINT_URL_DYNAMODB],
  };
  const lines = Object.entries(profiles).flatMap(([name, [region, endpoint]]) => [
    `[profile ${name}]`,
    `region = ${region}`,
    `endpoint_url = ${endpoint}`,
    'aws_access_key_id = local',
    'aws_secret_access_key = local',
  ]);
  await writeFile(config, lines.join('\n'));
  const by = (AWS_PROFILE: keyof typeof profiles) =>
    Object.assign(env, {
      AWS_REGION: undefined,
      AWS_ENDPOINT_URL_DYNAMODB: undefined,
      AWS_CONFIG_FILE: config,
      AWS_PROFILE,
    });

  by('staging');
  const checkpoint = join(folder, 'checkpoint.json');
  const args = ['scan', '--checkpoint', checkpoint];
  const { child, ended } = table.start(...args, '--rate', '0.05');
  await waitForPage(checkpoint);
  child.kill('SIGINT');
  t.match(await ended, { code: 130 });
  const left = await readFile(checkpoint, 'utf8');

  const refuses = async (sentence: RegExp) => {
    const { code, stdout, stderr } = await table.run(...args);
    t.equal(code, 2, stderr);
    t.equal(stdout, '');
    t.match(stderr, sentence);
    t.match(stderr, /go on as it began, or name another file/);
  };
  by('production');
  await refuses(/is of another run \(endpoint http:.*, tableId /);
  by('abroad');
  await refuses(/is of another run \(region eu-west-1/);
  t.equal(await readFile(checkpoint, 'utf8'), left, 'the file is as it was');

  by('staging');
  const { scope, ...state } = JSON.parse(left);
  for (const [change, sentence] of [
    [{ tableArn: 'arn:aws:dynamodb:eu-west-1:1:table/Other' }, /\(tableArn arn:aws:[^,]*Other\)/],
    [{ tableId: 'of the table before' }, /\(tableId of the table before\)/],
    // As the version before wrote it.
    [{ region: '', tableArn: undefined, tableId: undefined }, /no region, no tableArn, no tableId/],
  ] as const) {
    await writeFile(checkpoint, JSON.stringify({ ...state, scope: { ...scope, ...change } }));
    await refuses(sentence);
  }
  await writeFile(checkpoint, left);
  t.match(await table.run(...args), { code: 3, stderr: /going on.*\n.*: 250 items read/ });
});

t.test('an endpoint that never answers holds up neither an interruption nor the end', async (t) => {
  const { env, run, start } = await prepareTable(t, properties);
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  t.teardown(() => silent.close());
  await once(silent, 'listening');
  env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { child, ended } = start('scan');
  await once(silent, 'connection');
  const at = performance.now();
  child.kill('SIGINT');
  t.match(await ended, { code: 130, stdout: '', stderr: /interrupted: 0 items read/ });
  const tookMs = performance.now() - at;
  judgeTime(t, tookMs, 5_000, 'it ends before the first attempt is given up');
  t.match(await run('scan'), { code: 1, stderr: /did not answer within 5000 ms: 0 items read/ });
});

t.test('what cannot work is reported, and nothing is done', async (t) => {
  const { run, client, tableName, schemaFile, folder } = await prepareTable(t, properties);
  const other = join(folder, 'other.json');
  await writeFile(other, '{}');
  for (const [args, sentence] of [
    [['--rate', 'fast'], /--rate is not a number/],
    [['--rate', '0'], /--rate is not a number/],
    [['--checkpoint='], /--checkpoint needs a file name/],
    [['--checkpoint', join(folder, 'no', 'folder')], /--checkpoint|no such file/],
    [['--checkpoint', other], /is not a checkpoint of this command/],
    [['more'], /Unexpected argument 'more'/],
  ] as const) {
    const { code, stdout, stderr } = await run('scan', ...args);
    t.equal(code, 2, stderr);
    t.match(stderr, sentence);
    t.equal(stdout, '');
    t.notMatch(stderr, /^ +at /m, 'a sentence, not a stack');
  }
  await client.send(new DeleteTableCommand({ TableName: tableName }));
  t.match(await run('scan'), { code: 1, stdout: '', stderr: /^Profiles\d+: .*not found/ });
  await writeFile(schemaFile, '{ "type": "object", "properties": { "a": {} } }');
  t.match(await run('scan'), { code: 2, stdout: '', stderr: /\/properties\/a/ });
});
