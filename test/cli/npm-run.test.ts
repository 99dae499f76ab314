import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { startPagingPool } from '../backfill/paging-pool.ts';
import { createEnv, readTable } from '../backfill/run-backfill.ts';
import { emulatedAws } from '../helper/running-command.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { prepareTable } from './schema-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where npm keeps its logs. */
const home = await mkdtemp(join(tmpdir(), 'npm-home-'));
t.teardown(() => rm(home, { recursive: true, force: true }));

/** `npm run` as an operator types it, with no settings of npm's but these. */
async function npmRun(t: Test, env: Record<string, string>, ...words: string[]) {
  const child = spawn('npm', ['run', '--silent', ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      npm_config_update_notifier: 'false',
      ...emulatedAws,
      ...env,
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

t.test('an option that npm took ends a backfill before it begins', async (t) => {
  const engine = await startDynalite(t);
  const pool = await startPagingPool(t, { size: 3 });
  const tableName = await engine.createTable();
  const env = { ...createEnv(pool, engine, tableName) };
  for (const [options, taken] of [
    [['--dry-run'], '--dry-run'],
    [['--check'], '--check'],
    [['--no-check'], '--check'],
    [['--limit', '2'], '--limit'],
    [['--checkpoint=', '--report=r.json'], '--checkpoint, --report'],
  ] as const) {
    const { code, stdout, stderr } = await npmRun(t, env, 'backfill', ...options);
    t.equal(code, 2, stderr);
    t.match(stderr, `npm took ${taken} for itself. Put -- before what is for the command`);
    t.match(stderr, 'npm run backfill -- ...');
    t.equal(stdout, '');
  }
  t.equal(pool.calls, 0, 'the pool was not read');
  t.equal((await readTable(engine.client, tableName)).size, 0, 'nobody was moved');

  const told = await npmRun(t, env, 'backfill', '--', '--dry-run');
  t.match(told, { code: 0, stdout: /dry-run: done\n3 users/ });
  // As where it is a setting in somebody's .npmrc.
  const both = await npmRun(
    t,
    { ...env, npm_config_dry_run: 'true' },
    'backfill',
    '--',
    '--dry-run',
  );
  t.match(both, { code: 0, stdout: /dry-run: done/ });
  t.equal((await readTable(engine.client, tableName)).size, 0);
});

t.test('a backfill only counts until it is given --yes', async (t) => {
  const engine = await startDynalite(t);
  const pool = await startPagingPool(t, { size: 3 });
  const tableName = await engine.createTable();
  const env = { ...createEnv(pool, engine, tableName) };
  for (const words of [['backfill'], ['backfill', '--yes']]) {
    const counted = await npmRun(t, env, ...words);
    t.match(counted, { code: 0, stdout: /3 created.+\nnothing was written; --yes does it/ });
  }
  t.equal((await readTable(engine.client, tableName)).size, 0, 'nobody was moved');

  const written = await npmRun(t, env, 'backfill', '--', '--yes');
  t.match(written, { code: 0, stdout: /^write: done/ });
  t.notMatch(written.stdout, /nothing was written/);
  t.equal((await readTable(engine.client, tableName)).size, 3);
});

t.test('an option that npm took keeps the table command from changing anything', async (t) => {
  const { endpoint, client } = await startDynalite(t);
  const env = { AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  for (const options of [['--dry-run'], ['--delete-index', 'PhoneIndex']]) {
    const { code, stderr } = await npmRun(t, env, 'table', ...options);
    t.equal(code, 2, stderr);
    t.match(stderr, `npm took ${options[0]} for itself`);
  }
  t.same((await client.send(new ListTablesCommand({}))).TableNames, []);
});

t.test("npm's own --yes neither ends a command nor counts as the command's", async (t) => {
  const { env, put } = await prepareTable(t, {});
  await put('ada', { badge: { S: 'gold' } });
  const outcome = await npmRun(t, env, 'schema', 'purge', 'badge', '--yes');
  t.match(outcome, { code: 3, stdout: /1 of 1 items hold badge; --yes removes it/ });
});
