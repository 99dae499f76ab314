import {
  type AttributeValue,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { machineToken } from '../helper/callers.ts';
import { startRelay } from '../helper/relay.ts';
import { startService } from '../helper/start-service.ts';
import { startDynamoDbLocal, type TableEngine } from '../helper/table-engine.ts';
import { defaultSchemaFile, writeWiderSchema } from '../helper/wider-schema.ts';
import { fill, findPeople, indexes, keepWriting, misfitEvery, readIndex } from './live-table.ts';
import {
  findIndexes,
  type RunningCommand,
  signalOnce,
  startTableCommand,
} from './table-command.ts';

const itemCount = Number(process.env.INDEXED_ITEMS ?? 1_200);

t.setTimeout(600_000);

const started = await startDynamoDbLocal(t);
const skip = typeof started === 'string' ? started : false;
const engine = started as TableEngine;

t.test(`two indexes are added to a table of ${itemCount} items in use`, { skip }, async (t) => {
  const tableName = await engine.createTable();
  const schemaFile = writeWiderSchema(t);
  const { held, awkward } = await fill(engine, tableName, itemCount);
  const run = (...args: string[]) => startTableCommand(t, engine, { tableName, schemaFile }, args);

  const careful = await run();
  t.equal(await careful.ended, 3, careful.output());
  for (const field of ['crmId', 'badge']) {
    t.match(careful.output(), `${awkward.length} items hold a ${field} that is no text`);
  }
  t.match(careful.output(), /npm run schema -- scan/);
  t.notOk(
    'CrmIndex' in (await findIndexes(engine, tableName)),
    'no index is made over misfits unasked',
  );

  // It has the new file already: only its look-ups by the new fields need the indexes.
  const service = await startService(t, {
    engine,
    tableName,
    env: { PROFILE_SCHEMA_FILE: schemaFile },
  });
  const { url } = service;
  const token = machineToken(service);
  const writing = keepWriting({ url, token }, held);
  // On a busy machine the command may be through before this process has its turn: once more then.
  const end = async (index: string, signal: NodeJS.Signals): Promise<RunningCommand> => {
    const command = await run('--accept-misfits');
    const state = await signalOnce(engine, tableName, index, command, signal);
    if (state === 'CREATING' && (await command.ended) !== 0) return command;
    await command.ended;
    const unmake = ['--delete-index', 'CrmIndex', '--delete-index', 'BadgeIndex'];
    const deleting = { tableName, schemaFile: defaultSchemaFile };
    await (await startTableCommand(t, engine, deleting, unmake)).ended;
    t.comment(`${index} was made too soon`);
    return end(index, signal);
  };
  t.equal(await (await end('CrmIndex', 'SIGKILL')).ended, 'SIGKILL');
  const interrupted = await end('BadgeIndex', 'SIGINT');
  t.equal(await interrupted.ended, 130);
  t.match(interrupted.output(), /interrupted while waiting for .*run this again/);

  const last = await run('--accept-misfits');
  t.equal(await last.ended, 0, last.output());
  const states = await findIndexes(engine, tableName);
  t.match(states, { CrmIndex: 'ACTIVE', BadgeIndex: 'ACTIVE', EmailIndex: 'ACTIVE' });
  const { writes, refused } = await writing.stop();
  t.same(refused, [], `${writes} writes went on, none refused`);
  t.ok(writes >= 20, `${writes} writes`);

  for (const field of ['crmId', 'badge'] as const) {
    const entries = await readIndex(engine, tableName, field);
    // DynamoDB leaves every misfit out; DynamoDB Local takes numbers and long texts in.
    for (const userId of awkward) entries.delete(userId);
    const wrong = [...held].filter(([userId, values]) => entries.get(userId) !== values[field]);
    t.same(wrong, [], `${indexes[field]} has everybody as they are`);
    t.equal(entries.size, held.size, 'and nobody else');
  }
  const [someone = '', values] = [...held].at(-1) ?? [];
  t.same(await findPeople(engine, tableName, 'crmId', values?.crmId ?? ''), [someone]);
  const found = await fetch(`${url}/v1/profiles?crmId=${values?.crmId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  t.match(await found.json(), { profiles: [{ userId: someone, ...values }] }, 'by the service too');

  const again = await run();
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
    t.same(await findPeople(engine, tableName, 'crmId', 'crm-mended'), [userId]);
  });
});

t.test(
  'an index is deleted only where it is named, and the schema does not',
  { skip },
  async (t) => {
    const tableName = await engine.createTable();
    const schemaFile = writeWiderSchema(t);
    const run = (schemaFile: string, ...args: string[]) =>
      startTableCommand(t, engine, { tableName, schemaFile }, args);
    for (const widened of await Promise.all([run(schemaFile), run(schemaFile)])) {
      t.equal(await widened.ended, 0, `two at once: ${widened.output()}`);
    }

    const kept = await run(defaultSchemaFile);
    t.equal(await kept.ended, 0, kept.output());
    t.match(kept.output(), /CrmIndex is not in the schema and is left: --delete-index CrmIndex/);
    t.ok('CrmIndex' in (await findIndexes(engine, tableName)));

    const refused = await run(schemaFile, '--delete-index', 'CrmIndex');
    t.equal(await refused.ended, 2);
    t.match(refused.output(), /the schema looks profiles up by crmId through it/);

    const deleted = await run(defaultSchemaFile, '--delete-index', 'CrmIndex');
    t.equal(await deleted.ended, 0, deleted.output());
    t.match(deleted.output(), /CrmIndex deleted/);
    t.same(Object.keys(await findIndexes(engine, tableName)).sort(), [
      'BadgeIndex',
      'EmailIndex',
      'RevenueCatIndex',
      'StripeCustomerIndex',
    ]);
  },
);

t.test('a fault of DynamoDB while an index is made is waited out', { skip }, async (t) => {
  const relay = await startRelay(t, engine);
  const tableName = await engine.createTable();
  // The SDK asks three times before the command hears of it.
  const faults = { Scan: 4, DescribeTable: 7 };
  let isAsked = false;
  relay.intercept = ({ operation }) => {
    isAsked ||= operation === 'UpdateTable';
    const isDue = operation === 'Scan' || (operation === 'DescribeTable' && isAsked);
    if (!isDue || faults[operation] === 0) return undefined;
    faults[operation]--;
    return {
      status: 500,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
    };
  };
  const schemaFile = writeWiderSchema(t);
  const { ended, output } = await startTableCommand(t, relay, { tableName, schemaFile });
  t.equal(await ended, 0, output());
  t.same(faults, { Scan: 0, DescribeTable: 0 });
  t.match(await findIndexes(engine, tableName), { CrmIndex: 'ACTIVE', BadgeIndex: 'ACTIVE' });
});

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
    const before = await findIndexes(engine, tableName);
    const { ended, output } = await startTableCommand(t, engine, {
      tableName,
      schemaFile: writeWiderSchema(t),
    });
    t.equal(await ended, 1);
    t.match(output(), /CrmIndex is keyed by phone HASH, and the schema wants it by crmId HASH/);
    t.match(output(), /give the field another x-lookup/);
    t.same(
      Object.keys(await findIndexes(engine, tableName)),
      Object.keys(before),
      'nothing is made',
    );
  },
);
