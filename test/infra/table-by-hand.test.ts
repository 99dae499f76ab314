import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { createTable } from '../../src/dynamodb/create-table.ts';
import { compareIndexes } from '../../src/dynamodb/indexes/compare-indexes.ts';
import { defineTable, timeToLiveAttribute } from '../../src/dynamodb/table.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { startMoto } from './moto.ts';
import { collectSentActions } from './sent-actions.ts';
import { findMissing } from './terraform.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const document = read('docs/table-by-hand.md');
const [commands = '', indexCommands = ''] = Array.from(
  document.matchAll(/```sh\n([\s\S]*?)```/g),
  ([, text = '']) => text,
);
const run = promisify(execFile);

t.test('the CLI makes the table that the code defines', async (t) => {
  const definition = /--cli-input-json '([\s\S]*?)'/.exec(commands)?.[1] ?? '';
  t.strictSame(JSON.parse(definition), defineTable('UserProfiles', defaultSchema));
  t.match(commands, `AttributeName=${timeToLiveAttribute}`);
});

t.test('the console steps name every index and its key', async (t) => {
  for (const [field, index] of defaultSchema.lookups) {
    t.match(document, `- partition key \`${field}\`, index name \`${index}\``);
  }
});

t.test('the policy allows what the service sends to the table', async (t) => {
  const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(document)?.[1] ?? '');
  t.same(
    policy.Statement.flatMap((statement: { Action: string[] }) => statement.Action).sort(),
    collectSentActions('src/server.ts', read).filter((action) => action.startsWith('dynamodb:')),
  );
  t.same(
    policy.Statement[1].Resource.map((arn: string) => arn.split('/').at(-1)),
    [...defaultSchema.lookups.values()],
  );
});

const missing = findMissing('aws') ?? findMissing('moto_server', '--help');

t.test('the commands, run as they stand', { skip: missing ?? false }, async (t) => {
  const moto = await startMoto();
  t.teardown(moto.close);
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: moto.url,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_PAGER: '',
  };
  await run('sh', ['-euc', commands], { timeout: 600_000, env });

  const client = new DynamoDBClient({ region: 'eu-central-1', endpoint: moto.url, credentials });
  t.teardown(() => client.destroy());
  t.equal(
    await createTable(client, 'UserProfiles', defaultSchema),
    'exists',
    'the code takes it as its own',
  );
  const TableName = 'UserProfiles';
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  t.match(TimeToLiveDescription, {
    TimeToLiveStatus: 'ENABLED',
    AttributeName: timeToLiveAttribute,
  });
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  t.equal(
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    'ENABLED',
  );

  const { stdout } = await run('sh', ['-euc', indexCommands], { timeout: 600_000, env });
  t.match(stdout, /"CrmIndex",\s*"ACTIVE"/);
  const wider = { lookups: new Map([...defaultSchema.lookups, ['crmId', 'CrmIndex']]) };
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  t.same(
    compareIndexes(Table, wider),
    { missing: [], unfinished: [], unnamed: [], conflicts: [] },
    'the index that is added by hand is the one the code would add',
  );
});
