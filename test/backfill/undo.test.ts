import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { createEntry } from '../../src/profiles/revision.ts';
import { startDynalite, type TableEngine } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { defaultSchemaFile } from '../helper/wider-schema.ts';
import { maps } from './expected-profiles.ts';
import { startPagingPool } from './paging-pool.ts';
import { backfill, createEnv, readTable } from './run-backfill.ts';

const run = promisify(execFile);

t.test('the runbook undoes what nobody touched, and nothing else', async (t) => {
  if (spawnSync('aws', ['--version']).status !== 0) {
    return void t.pass('needs the AWS CLI', { skip: 'aws is not on the PATH' });
  }
  const runbook = await readFile(new URL('../../docs/migration.md', import.meta.url), 'utf8');
  const script = /## Undo[\s\S]*?```sh\n([\s\S]*?)```/.exec(runbook)?.[1] ?? '';
  t.match(script, /delete-item/);

  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const pool = await startPagingPool(t, { size: 8 });
  const store = createTableStore(t, engine, tableName);
  const env = createEnv(pool, engine, tableName);
  const now = new Date();
  await store.put(createEntry(pool.sub(0), { displayName: 'Own' }, { source: 'person' }, now));
  const [erasedAt, expiresAt] = [now.toISOString(), 4e9];
  await store.put({ kind: 'tombstone', userId: pool.sub(1), version: 1, erasedAt, expiresAt });
  await store.put({
    ...createEntry('signed-in', {}, { source: 'identityProvider' }, now),
    identityAt: 1,
  });
  await store.put(createEntry('billed', { revenueCatId: 'rc_1' }, { source: 'service' }, now));
  const own = await writeByOwnField(t, engine, tableName);
  await backfill(t, env, maps);
  // Since the backfill: one signed in and was told nothing new, one patched.
  await store.noteIdentity(pool.sub(2), 1_700_000_000);
  const entry = await store.find(pool.sub(3));
  if (entry?.kind !== 'live') return t.fail('it was moved');
  const { version } = entry.profile;
  await store.put({ ...entry, profile: { ...entry.profile, version: version + 1 } }, entry);

  const { PATH, HOME } = process.env;
  const credentials = {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'eu-west-1',
  };
  await run('sh', ['-c', script.replace('TABLE=UserProfiles', `TABLE=${tableName}`)], {
    env: { PATH, HOME, ...env, ...credentials, PROFILE_SCHEMA_FILE: own.schemaFile },
  });
  const left = [...(await readTable(engine.client, tableName)).keys()];
  const kept = [0, 1, 2, 3].map(pool.sub);
  t.strictSame(new Set(left), new Set([...kept, 'signed-in', 'billed', own.userId]));
});

/** A profile that a service made with a field that the default schema hasn't, and DynamoDB's grammar has. */
async function writeByOwnField(t: Test, { client }: TableEngine, TableName: string) {
  const schema = JSON.parse(await readFile(defaultSchemaFile, 'utf8'));
  schema.properties.language = { type: 'string', maxLength: 35, 'x-write': ['service'] };
  const folder = t.testdir({ 'own.schema.json': JSON.stringify(schema) });
  const userId = 'spoken-to';
  const Item = {
    userId: { S: userId },
    version: { N: '1' },
    language: { S: 'en' },
    sources: { M: { language: { S: 's' } } },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  return { userId, schemaFile: join(folder, 'own.schema.json') };
}
