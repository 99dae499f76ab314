import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DescribeTableCommand,
  QueryCommand,
  ScanCommand,
  type ScanCommandOutput,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { findCommand } from '../helper/service-build.ts';
import { startDynamoDbLocal, type TableEngine } from '../helper/table-engine.ts';

const itemCount = Number(process.env.INDEXED_ITEMS ?? 20_000);
/** Every so many items, one has values that can't be keys. */
const misfitEvery = 500;
const command = await findCommand('table');
const root = fileURLToPath(new URL('../..', import.meta.url));
const indexes = { crmId: 'CrmIndex', badge: 'BadgeIndex' } as const;
type Field = keyof typeof indexes;

t.setTimeout(600_000);

const started = await startDynamoDbLocal(t);
const skip = typeof started === 'string' ? started : false;
const engine = started as TableEngine;

/** The default file with two look-ups more. */
async function writeWiderSchema(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'schema-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const schema = JSON.parse(await readFile(join(root, 'profile.schema.json'), 'utf8'));
  for (const [field, index] of Object.entries(indexes)) {
    schema.properties[field] = { type: 'string', maxLength: 64, 'x-lookup': index };
  }
  const file = join(folder, 'profile.schema.json');
  await writeFile(file, JSON.stringify(schema));
  return file;
}

function startCommand(t: Test, tableName: string, schemaFile: string, args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      USER_PROFILE_TABLE_NAME: tableName,
      PROFILE_SCHEMA_FILE: schemaFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, ended, output: () => output };
}

async function findIndexes(tableName: string): Promise<Record<string, string>> {
  const { Table } = await engine.client.send(new DescribeTableCommand({ TableName: tableName }));
  const states = (Table?.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, IndexStatus }) => [IndexName ?? '', IndexStatus ?? ''] as const,
  );
  return Object.fromEntries(states);
}

/** Ends a command in the middle of an index, and says how far that is. */
async function signalOnce(
  tableName: string,
  index: string,
  { child, output }: ReturnType<typeof startCommand>,
  signal: NodeJS.Signals,
): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The command ended before: ${output()}`);
    const state = (await findIndexes(tableName))[index];
    if (state !== undefined) {
      child.kill(signal);
      return state;
    }
    await sleep(20);
  }
}

const misfits: Record<Field, AttributeValue[]> = {
  crmId: [{ N: '17' }, { S: '' }],
  badge: [{ S: 'é'.repeat(1_025) }, { N: '17' }],
};

/** Fills the table; what can be a key is what the indexes must hold in the end. */
async function fill(tableName: string) {
  const held = new Map<string, Record<Field, string>>();
  const awkward: string[] = [];
  let at = 0;
  const worker = async () => {
    while (at < itemCount) {
      const batch = Array.from({ length: Math.min(25, itemCount - at) }, () => at++);
      const requests = batch.map((number) => {
        const userId = `person-${number}`;
        const item = { crmId: `crm-${number}`, badge: `badge-${number % 5_000}` };
        const kind = number % misfitEvery === 0 ? (number / misfitEvery) % 2 : undefined;
        if (kind === undefined) held.set(userId, item);
        else awkward.push(userId);
        const values =
          kind === undefined
            ? { crmId: { S: item.crmId }, badge: { S: item.badge } }
            : { crmId: misfits.crmId[kind], badge: misfits.badge[kind] };
        return { PutRequest: { Item: { userId: { S: userId }, version: { N: '1' }, ...values } } };
      });
      await engine.client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: requests as never } }),
      );
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return { held, awkward };
}

/** Moves people to new values, one after the other, until it is stopped. */
function keepWriting(tableName: string, held: Map<string, Record<Field, string>>) {
  const people = [...held.keys()];
  const refused: string[] = [];
  let [writes, isOver] = [0, false];
  const write = async (userId: string, values: Record<Field, string>): Promise<void> => {
    try {
      await engine.client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { userId: { S: userId } },
          UpdateExpression: 'SET crmId = :crm, badge = :badge',
          ExpressionAttributeValues: {
            ':crm': { S: values.crmId },
            ':badge': { S: values.badge },
          },
        }),
      );
    } catch (error) {
      // DynamoDB Local trips over its own lock now and then while it fills an index.
      if ((error as { $fault?: string }).$fault !== 'server') throw error;
      await write(userId, values);
    }
  };
  const work = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const userId = people[(turn * 7_919) % people.length] ?? '';
      const values = { crmId: `moved-${turn}`, badge: `badge-${turn % 5_000}` };
      try {
        await write(userId, values);
        held.set(userId, values);
        writes++;
      } catch (error) {
        refused.push(`${userId}: ${(error as Error).message}`);
      }
      await sleep(5);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await work;
      return { writes, refused };
    },
  };
}

async function readIndex(tableName: string, field: Field): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page: ScanCommandOutput = await engine.client.send(
      new ScanCommand({
        TableName: tableName,
        IndexName: indexes[field],
        ExclusiveStartKey: from,
      }),
    );
    for (const { userId, [field]: value } of page.Items ?? []) {
      entries.set(userId?.S ?? '', value?.S ?? '');
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return entries;
}

async function findPeople(tableName: string, field: Field, value: string) {
  const { Items = [] } = await engine.client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: indexes[field],
      KeyConditionExpression: '#field = :value',
      ExpressionAttributeNames: { '#field': field },
      ExpressionAttributeValues: { ':value': { S: value } },
    }),
  );
  return Items.map(({ userId }) => userId?.S ?? '').sort();
}

t.test(`two indexes are added to a table of ${itemCount} items in use`, { skip }, async (t) => {
  const tableName = await engine.createTable();
  const schemaFile = await writeWiderSchema(t);
  const { held, awkward } = await fill(tableName);
  const run = (...args: string[]) => startCommand(t, tableName, schemaFile, args);

  const careful = run();
  t.equal(await careful.ended, 3, careful.output());
  for (const field of ['crmId', 'badge']) {
    t.match(careful.output(), `${awkward.length} items hold a ${field} that is no text`);
  }
  t.match(careful.output(), /npm run schema -- scan/);
  t.notOk('CrmIndex' in (await findIndexes(tableName)), 'no index is made over misfits unasked');

  const writing = keepWriting(tableName, held);
  const killed = run('--accept-misfits');
  t.equal(await signalOnce(tableName, 'CrmIndex', killed, 'SIGKILL'), 'CREATING');
  t.equal(await killed.ended, 'SIGKILL');

  const interrupted = run('--accept-misfits');
  await signalOnce(tableName, 'BadgeIndex', interrupted, 'SIGINT');
  t.equal(await interrupted.ended, 130);
  t.match(interrupted.output(), /interrupted while waiting for .*run this again/);

  const last = run('--accept-misfits');
  t.equal(await last.ended, 0, last.output());
  const states = await findIndexes(tableName);
  t.match(states, { CrmIndex: 'ACTIVE', BadgeIndex: 'ACTIVE', EmailIndex: 'ACTIVE' });
  const { writes, refused } = await writing.stop();
  t.same(refused, [], `${writes} writes went on, none refused`);
  t.ok(writes >= 20, `${writes} writes`);

  for (const field of ['crmId', 'badge'] as const) {
    const entries = await readIndex(tableName, field);
    // DynamoDB leaves every misfit out; DynamoDB Local takes numbers and long texts in.
    for (const userId of awkward) entries.delete(userId);
    const wrong = [...held].filter(([userId, values]) => entries.get(userId) !== values[field]);
    t.same(wrong, [], `${indexes[field]} has everybody as they are`);
    t.equal(entries.size, held.size, 'and nobody else');
  }
  const [someone = '', values] = [...held].at(-1) ?? [];
  t.same(await findPeople(tableName, 'crmId', values?.crmId ?? ''), [someone]);

  const again = run();
  t.equal(await again.ended, 0, again.output());
  t.notMatch(again.output(), /Index/, 'there is nothing left to do');

  await t.test('a value that is mended is found', async (t) => {
    // It has an empty text: DynamoDB Local, too, refuses writes that leave it.
    const userId = `person-${misfitEvery}`;
    const update = (expression: string, values: Record<string, AttributeValue>) =>
      engine.client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { userId: { S: userId } },
          UpdateExpression: expression,
          ExpressionAttributeValues: values,
        }),
      );
    const elsewhere = update('SET displayName = :name', { ':name': { S: 'Ada' } });
    await t.rejects(elsewhere, { name: 'ValidationException' });
    await update('SET displayName = :name, crmId = :crm, badge = :badge', {
      ':name': { S: 'Ada' },
      ':crm': { S: 'crm-mended' },
      ':badge': { S: 'badge-mended' },
    });
    t.same(await findPeople(tableName, 'crmId', 'crm-mended'), [userId]);
  });
});

t.test(
  'an index is deleted only where it is named, and the schema does not',
  { skip },
  async (t) => {
    const tableName = await engine.createTable();
    const schemaFile = await writeWiderSchema(t);
    const narrow = join(root, 'profile.schema.json');
    const widened = startCommand(t, tableName, schemaFile, []);
    t.equal(await widened.ended, 0, widened.output());

    const kept = startCommand(t, tableName, narrow, []);
    t.equal(await kept.ended, 0, kept.output());
    t.match(kept.output(), /CrmIndex is not in the schema and is left: --delete-index CrmIndex/);
    t.ok('CrmIndex' in (await findIndexes(tableName)));

    const refused = startCommand(t, tableName, schemaFile, ['--delete-index', 'CrmIndex']);
    t.equal(await refused.ended, 2);
    t.match(refused.output(), /the schema looks profiles up by crmId through it/);

    const deleted = startCommand(t, tableName, narrow, ['--delete-index', 'CrmIndex']);
    t.equal(await deleted.ended, 0, deleted.output());
    t.match(deleted.output(), /CrmIndex deleted/);
    t.same(Object.keys(await findIndexes(tableName)).sort(), [
      'BadgeIndex',
      'EmailIndex',
      'RevenueCatIndex',
      'StripeCustomerIndex',
    ]);
  },
);

t.test(
  'an index of a name and another key is an error that says what to do',
  { skip },
  async (t) => {
    const tableName = await engine.createTable();
    await engine.client.send(
      new UpdateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: 'phone', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: 'CrmIndex',
              KeySchema: [{ AttributeName: 'phone', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          },
        ],
      }),
    );
    const before = await findIndexes(tableName);
    const { ended, output } = startCommand(t, tableName, await writeWiderSchema(t), []);
    t.equal(await ended, 1);
    t.match(output(), /CrmIndex is keyed by phone HASH, and the schema wants it by crmId HASH/);
    t.match(output(), /give the field another x-lookup/);
    t.same(Object.keys(await findIndexes(tableName)), Object.keys(before), 'nothing is made');
  },
);
