import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { defineTable } from '../../src/dynamodb/table.ts';
import { startRelay } from '../faults/relay.ts';
import { startCredentialsEndpoint } from '../helper/credentials-endpoint.ts';
import { startRelay as startCallRelay } from '../helper/relay.ts';
import { startCommand } from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import { startDynalite, type TableEngine, untilActive } from '../helper/table-engine.ts';

t.jobs = 4;

const command = await findCommand('table');
const local = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

function run(
  t: Test,
  endpoint: string,
  env: Record<string, string> = local,
  args: readonly string[] = [],
) {
  const region = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  return startCommand(t, command, args, { ...region, ...env }).ended;
}

t.test('it makes the table, and says what it did', { buffered: true }, async (t) => {
  const { endpoint } = await startDynalite(t);
  const { code, output } = await run(t, endpoint);
  t.equal(code, 0, output);
  t.match(output, /UserProfiles: created, active/);
});

t.test('a table that never answers is given up, with a sentence', { buffered: true }, async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const { code, output } = await run(t, `http://127.0.0.1:${port}`);
  t.equal(code, 1);
  t.match(output, /UserProfiles: waiting for DynamoDB to take the table/);
  t.match(
    output,
    /gave up waiting for DynamoDB to take the table: 127\.0\.0\.1 did not answer within 5000 ms/,
  );
});

t.test('an answer that trickles without an end is given up', { buffered: true }, async (t) => {
  const { endpoint } = await startDynalite(t);
  const relay = await startRelay(t, endpoint);
  await relay.set({ kind: 'trickle' });
  const { code, output } = await run(t, relay.endpoint);
  t.equal(code, 1);
  t.match(output, /gave up waiting for DynamoDB to take the table/);
});

t.test(
  'credentials that never come are given up, with a sentence',
  { buffered: true },
  async (t) => {
    const { endpoint } = await startDynalite(t);
    const credentials = await startCredentialsEndpoint(t);
    credentials.answer = { kind: 'hang' };
    const { code, output } = await run(t, endpoint, credentials.env);
    t.equal(code, 1);
    t.match(output, /UserProfiles: waiting for AWS credentials/);
    t.match(output, /there are no AWS credentials: .*\(The credentials did not come within/);
  },
);

/** A table as a schema with fewer look-ups made it, with one value that can't be a key. */
async function makeOlderTable({ client, endpoint }: TableEngine) {
  const lookups = new Map([
    ['email', 'EmailIndex'],
    ['revenueCatId', 'RevenueCatIndex'],
    ['phone', 'PhoneIndex'],
  ]);
  await client.send(new CreateTableCommand(defineTable('UserProfiles', { lookups })));
  await untilActive(endpoint, 'UserProfiles');
  const Item = { userId: { S: 'ada' }, stripeCustomerId: { N: '17' } };
  await client.send(new PutItemCommand({ TableName: 'UserProfiles', Item }));
}

t.test('--dry-run tells what would be done, and does nothing', { buffered: true }, async (t) => {
  const engine = await startDynalite(t);
  const absent = await run(t, engine.endpoint, local, ['--dry-run']);
  t.equal(absent.code, 0, absent.output);
  t.match(absent.output, /UserProfiles: would be created/);
  t.same((await engine.client.send(new ListTablesCommand({}))).TableNames, []);

  await makeOlderTable(engine);
  const there = await run(t, engine.endpoint, local, ['--dry-run']);
  t.equal(there.code, 3, there.output);
  t.match(there.output, /1 item holds a stripeCustomerId that is no text of 1 to 2048 bytes/);
  t.match(there.output, /StripeCustomerIndex on stripeCustomerId is not made/);
  t.match(there.output, /PhoneIndex is not in the schema and is left/);

  const accepting = await run(t, engine.endpoint, local, [
    '--dry-run',
    '--accept-misfits',
    '--delete-index=PhoneIndex',
  ]);
  t.equal(accepting.code, 0, accepting.output);
  t.match(accepting.output, /StripeCustomerIndex on stripeCustomerId would be made/);
  t.match(accepting.output, /PhoneIndex would be deleted/);
});

t.test('--dry-run says so where there is nothing to do', { buffered: true }, async (t) => {
  const engine = await startDynalite(t);
  t.equal((await run(t, engine.endpoint)).code, 0);
  // The embedded engine enables neither: what it tells of them is what DynamoDB would.
  const relay = await startCallRelay(t, engine);
  let status = 'ENABLED';
  relay.intercept = ({ operation }) => {
    if (operation === 'DescribeTimeToLive') {
      return { body: { TimeToLiveDescription: { TimeToLiveStatus: status } } };
    }
    if (operation !== 'DescribeContinuousBackups') return undefined;
    const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus: status };
    return { body: { ContinuousBackupsDescription: { PointInTimeRecoveryDescription } } };
  };
  const ready = await run(t, relay.endpoint, local, ['--dry-run']);
  t.match(ready, { code: 0, stdout: /^UserProfiles: nothing to do\n$/ });

  status = 'DISABLED';
  const bare = await run(t, relay.endpoint, local, ['--dry-run']);
  t.equal(bare.code, 0, bare.output);
  t.match(bare.stdout, 'UserProfiles: time to live on expiresAt would be enabled\n');
  t.match(bare.stdout, 'UserProfiles: point-in-time recovery would be enabled\n');
  t.notMatch(bare.stdout, 'nothing to do');
  t.notOk(
    relay.calls.some(({ operation }) => /^(Update|Create|Delete|Put)/.test(operation)),
    'nothing was changed',
  );
});

t.test('bad usage and a faulty schema end it with nothing done', { buffered: true }, async (t) => {
  const nobody = 'http://127.0.0.1:9';
  const folder = await mkdtemp(join(tmpdir(), 'schema-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'schema.json');
  await writeFile(file, '{ "type": "object", "properties": { "email": {}, "1st": {} } }');
  const faulty = await run(t, nobody, { ...local, PROFILE_SCHEMA_FILE: file });
  t.equal(faulty.code, 2, faulty.output);
  for (const pointer of ['/properties/email', '/properties/1st']) t.match(faulty.output, pointer);
  const absent = await run(t, nobody, { ...local, PROFILE_SCHEMA_FILE: `${file}.not` });
  t.equal(absent.code, 2, absent.output);
  t.match(absent.output, /can't be read \(ENOENT\)/);
  for (const [option, sentence] of [
    ['--wait=soon', /--wait is not a whole number of minutes/],
    ['--delete-index=EmailIndex', /looks profiles up by email through it\. It stays/],
  ] as const) {
    const { code, output } = await run(t, nobody, local, [option]);
    t.equal(code, 2, output);
    t.match(output, sentence);
    t.notMatch(output, /^ +at /m, 'a sentence, not a stack');
  }
});
