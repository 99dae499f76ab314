import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type CheckpointState, loadCheckpoint } from '../../src/backfill/checkpoint.ts';
import { startRelay } from '../faults/relay.ts';
import { judgeTime } from '../helper/machine.ts';
import { startRelay as startTableRelay } from '../helper/relay.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { assertMoved, maps } from './expected-profiles.ts';
import { startPagingPool } from './paging-pool.ts';
import { toListedUser } from './pool-person.ts';
import {
  backfill,
  createEnv,
  makeFolder,
  readReport,
  readTable,
  spawnBackfill,
  type WholeReport,
  withoutTimes,
} from './run-backfill.ts';

// `npm run test:long` kills it twenty times.
const kills = Number(process.env.BACKFILL_KILLS ?? 2);

async function start(t: Test, size: number) {
  const engine = await startDynalite(t);
  const pool = await startPagingPool(t, { size });
  const tableName = await engine.createTable();
  const folder = makeFolder(t);
  return {
    engine,
    pool,
    tableName,
    env: createEnv(pool, engine, tableName),
    checkpoint: join(folder, 'checkpoint.json'),
    report: join(folder, 'report.json'),
    table: (name = tableName) => readTable(engine.client, name),
  };
}

t.test(`killed ${kills} times at random, it ends as if nothing had happened`, async (t) => {
  const { engine, pool, env, checkpoint, report, table } = await start(t, 300 + kills * 400);
  // Some users land in the report, which has to survive as well.
  const badName = { email: 'bad@example.com', given_name: 'x'.repeat(101) };
  for (let index = 5; index < pool.size; index += 97) {
    pool.special.set(index, toListedUser(pool.sub(index), badName));
  }
  const args = ['--rate', '10', '--checkpoint', checkpoint, '--report', report, ...maps];
  let reached = 0;
  for (let kill = 0; kill < kills; kill++) {
    const calls = pool.calls;
    const run = spawnBackfill(t, env, args);
    // Anywhere from the first call of a run to some pages later, at any moment in between.
    const until = calls + 1 + Math.floor(Math.random() * 7);
    while (pool.calls < until && run.child.exitCode === null) await sleep(5);
    await sleep(Math.random() * 200);
    // On a busy machine a run may be slow to come to its first checkpoint.
    while (kill === 0 && !existsSync(checkpoint) && run.child.exitCode === null) await sleep(5);
    run.child.kill('SIGKILL');
    const code = await run.ended;
    if (code === 'SIGKILL') reached++;
    else t.equal(code, 3, run.output());
  }
  t.ok(reached >= kills - 2, `${reached} of ${kills} kills met a run under way`);
  const last = spawnBackfill(t, env, args);
  t.equal(await last.ended, 3, last.output());

  const uninterrupted = await engine.createTable();
  const whole = await backfill(t, { ...env, USER_PROFILE_TABLE_NAME: uninterrupted }, maps);
  t.strictSame(withoutTimes(await table()), withoutTimes(await table(uninterrupted)));
  const resumed = await readReport(report);
  t.strictSame(resumed.problems, whole.problems, 'nothing in the report is lost or twice');
  t.equal(resumed.counts.users, pool.size);
  t.equal(resumed.counts.restarts, 0, 'it went on, and did not begin again');
  t.ok(resumed.counts.resumes > 0);
  t.equal(resumed.counts.created + resumed.counts.skipped, pool.size);
  t.notOk(existsSync(checkpoint), 'a whole run leaves no checkpoint');
  t.notOk(existsSync(`${report}.part`));
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`${signal} ends it with ${code}, and the next run goes on`, async (t) => {
    const { pool, env, checkpoint, report, table } = await start(t, 900);
    const args = ['--rate', '10', '--checkpoint', checkpoint, '--report', report, ...maps];
    const run = spawnBackfill(t, env, args);
    while (!existsSync(checkpoint)) await sleep(10);
    run.child.kill(signal);
    t.equal(await run.ended, code, run.output());
    const interrupted = await readReport(report);
    t.match(interrupted, { outcome: 'interrupted', exitCode: code });
    const { users } = interrupted.counts;
    t.ok(users > 0 && users < 900);
    t.ok((await table()).size >= users, 'everybody who was counted is there');

    const calls = pool.calls;
    const next = await backfill(t, env, [...args, '--rate', '100']);
    t.match(next, {
      outcome: 'done',
      counts: { users: 900, resumes: 1 },
    });
    t.equal(next.counts.created + next.counts.skipped, 900);
    t.equal(pool.calls - calls, 15 - users / 60, 'only the remaining pages are read');
    assertMoved(t, pool, await table());
  });
}

t.test('interrupted while the table hangs, it ends soon, and the next run goes on', async (t) => {
  const { engine, pool, env, checkpoint, report, table } = await start(t, 900);
  const relay = await startRelay(t, engine.endpoint);
  const args = ['--rate', '10', '--checkpoint', checkpoint, '--report', report, ...maps];
  const hanging = { ...env, AWS_ENDPOINT_URL_DYNAMODB: relay.endpoint };
  const run = spawnBackfill(t, hanging, args);
  while (!existsSync(checkpoint)) await sleep(10);
  await relay.set({ kind: 'blackHole' });
  await sleep(4_000);
  const told = performance.now();
  run.child.kill('SIGINT');
  t.equal(await run.ended, 130, run.output());
  const tookMs = performance.now() - told;
  // Two seconds on a machine of its own; it took a minute.
  judgeTime(t, tookMs, 6_000, 'ended after it was told');
  const { outcome, counts } = await readReport(report);
  t.equal(outcome, 'interrupted');
  t.equal(counts.failed, 0, 'nobody counts as failed');
  await relay.set({ kind: 'none' });
  const next = await backfill(t, hanging, [...args, '--rate', '100']);
  t.match(next, { outcome: 'done', counts: { users: 900, resumes: 1, failed: 0 } });
  assertMoved(t, pool, await table());
});

t.test('a page token that expired meanwhile means a clean start', async (t) => {
  const { pool, env, checkpoint, report, table } = await start(t, 600);
  const args = ['--checkpoint', checkpoint, '--report', report, ...maps];
  await backfill(t, env, [...args, '--limit', '180']);
  pool.faults.expires = (call) => call === 4;
  const next = await backfill(t, env, args);
  t.match(next.counts, { users: 600, created: 600, restarts: 1, resumes: 1 });
  t.match(next.terminal, /page token is no longer good .* starting from the first page/);
  assertMoved(t, pool, await table());
});

t.test('--limit after --limit moves the whole pool', async (t) => {
  const { pool, env, checkpoint, report, table } = await start(t, 250);
  const args = ['--checkpoint', checkpoint, '--report', report, '--limit', '90', ...maps];
  for (let run = 0; run < 10; run++) {
    const { outcome } = await backfill(t, env, args);
    if (outcome === 'done') break;
  }
  assertMoved(t, pool, await table());
});

t.test('--limit below a page leaves the rest to the next run', async (t) => {
  const { pool, env, checkpoint, report, table } = await start(t, 130);
  const args = ['--checkpoint', checkpoint, '--report', report, ...maps];
  const cut = await backfill(t, env, [...args, '--limit', '30']);
  t.match(cut, { outcome: 'limit reached', counts: { users: 30, created: 30 } });
  for (const file of [checkpoint, report]) {
    t.equal((await stat(file)).mode & 0o777, 0o600, `${file} is the owner's alone`);
  }
  t.match(await backfill(t, env, args), { outcome: 'done', exitCode: 0 });
  assertMoved(t, pool, await table());
});

t.test('runs that end within a page count nobody and no problem twice', async (t) => {
  const { engine, pool, tableName, checkpoint, report, table } = await start(t, 130);
  const relay = await startTableRelay(t, engine);
  const env = createEnv(pool, relay, tableName);
  const badName = { email: 'bad@example.com', given_name: 'x'.repeat(101) };
  for (let index = 0; index < pool.size; index++) {
    pool.special.set(index, toListedUser(pool.sub(index), badName));
  }
  const args = ['--checkpoint', checkpoint, '--report', report];
  const assertCounts = ({ counts, problems }: WholeReport, users: number) => {
    t.match(counts, { users, problems: users, repeated: 0 });
    t.equal(counts.created + counts.skipped, users);
    t.equal(new Set(problems.map(({ userId }) => userId)).size, users);
    t.equal(problems.length, users);
  };
  // Within the first page twice, then within the second.
  for (const [limit, users] of [
    [25, 25],
    [20, 45],
    [45, 90],
  ] as const) {
    const cut = await backfill(t, env, [...args, '--limit', `${limit}`]);
    t.equal(cut.outcome, 'limit reached');
    assertCounts(cut, users);
    t.equal(cut.counts.created, users);
    t.equal((await table()).size, users);
  }

  const interruption = new AbortController();
  let puts = 0;
  relay.intercept = ({ operation }) => {
    if (operation !== 'PutItem' || ++puts <= 5) return undefined;
    interruption.abort('SIGINT');
    return 'drop';
  };
  const interrupted = await backfill(t, env, args, interruption.signal);
  relay.intercept = undefined;
  t.equal(interrupted.outcome, 'interrupted');
  t.equal((await table()).size, 95, 'five of the page were written');
  assertCounts(interrupted, 90);

  const last = await backfill(t, env, args);
  t.equal(last.outcome, 'done');
  assertCounts(last, 130);
  t.equal((await table()).size, 130);
});

t.test('who came into a page that was cut is moved, with a checkpoint of before too', async (t) => {
  const { pool, env, checkpoint, report, table } = await start(t, 60);
  const args = ['--checkpoint', checkpoint, '--report', report, ...maps];
  await backfill(t, env, [...args, '--limit', '30']);
  pool.special.set(3, toListedUser(pool.sub(1_000), { email: 'new@example.com' }));
  await backfill(t, env, [...args, '--limit', '10']);
  t.ok((await table()).has(pool.sub(1_000)), 'in the place of somebody who was done');

  const { done, ...before } = JSON.parse(await readFile(checkpoint, 'utf8'));
  t.equal(done.length, 39);
  await writeFile(checkpoint, JSON.stringify(before));
  t.match(await backfill(t, env, args), { outcome: 'done', exitCode: 0 });
  t.equal((await table()).size, 61);
});

t.test('a checkpoint of anything else is refused, and nothing happens', async (t) => {
  const { engine, pool, env, checkpoint, report, table } = await start(t, 120);
  const args = ['--checkpoint', checkpoint, '--report', report];
  await backfill(t, env, [...args, '--limit', '60']);
  const before = await table();
  const calls = pool.calls;
  const other = await engine.createTable();
  const refused = { name: 'UsageError', message: /is of another run/ };
  await t.rejects(backfill(t, { ...env, USER_PROFILE_TABLE_NAME: other }, args), refused);
  await t.rejects(
    backfill(t, { ...env, COGNITO_USER_POOL_ID: 'eu-west-1_OtherPool' }, args),
    refused,
  );
  await t.rejects(backfill(t, { ...env, AWS_REGION: 'us-east-1' }, args), refused);
  await t.rejects(backfill(t, env, [...args, '--dry-run']), refused);
  await t.rejects(backfill(t, env, [...args, ...maps]), refused);
  await t.rejects(backfill(t, env, [...args, '--filter', 'email ^= "a"']), refused);

  await writeFile(checkpoint, '{"format":1}');
  await t.rejects(backfill(t, env, args), { message: /is not a checkpoint of this command/ });
  const child = spawnBackfill(t, env, args);
  t.equal(await child.ended, 2, child.output());
  t.equal(pool.calls, calls, 'the pool was not read');
  t.strictSame(await table(), before);
});

t.test('a checkpoint whose report is gone is refused', async (t) => {
  const { pool, env, checkpoint, report } = await start(t, 120);
  pool.special.set(0, toListedUser(pool.sub(0), { name: 'x'.repeat(201) }));
  const args = ['--checkpoint', checkpoint, '--report', report];
  await backfill(t, env, [...args, '--limit', '60']);
  await writeFile(`${report}.part`, '');
  await t.rejects(backfill(t, env, args), {
    name: 'UsageError',
    message: /is not the file that the checkpoint goes on with/,
  });
});

t.test('files that cannot be written end it before anything is read', async (t) => {
  const { pool, env, checkpoint, report, table } = await start(t, 60);
  const folder = makeFolder(t);
  const nowhere = join(folder, 'no', 'file');
  for (const [args, option] of [
    [['--checkpoint', nowhere, '--report', report], '--checkpoint'],
    [['--checkpoint', checkpoint, '--report', nowhere], '--report'],
    [['--report', folder], '--report'],
    [['--check', '--report', nowhere], '--report'],
  ] as const) {
    const run = spawnBackfill(t, env, args);
    t.equal(await run.ended, 2, run.output());
    t.match(run.output(), new RegExp(`^${option}: `));
    t.notMatch(run.output(), /^ +at /m, 'a sentence, not a stack');
  }
  t.equal(pool.calls, 0, 'the pool was not read');
  t.equal((await table()).size, 0);
  for (const file of [checkpoint, report, `${report}.part`]) t.notOk(existsSync(file), file);
  t.strictSame(await readdir(folder), [], 'nothing is left behind');

  // Known only once the pool was asked what attributes it has.
  const mistyped = [
    '--map',
    'custom:thme=preferences.theme',
    '--report',
    report,
    '--checkpoint',
    checkpoint,
  ];
  await t.rejects(backfill(t, env, mistyped), {
    name: 'UsageError',
    message: /the pool has no attribute/,
  });
  for (const file of [checkpoint, report, `${report}.part`]) t.notOk(existsSync(file), file);
});

t.test('what is in the file is a whole checkpoint at every moment', async (t) => {
  const { env, checkpoint, report } = await start(t, 1_200);
  const running = backfill(t, env, ['--checkpoint', checkpoint, '--report', report]);
  const seen = new Set<number>();
  let done = false;
  running.finally(() => {
    done = true;
  });
  while (!done) {
    if (existsSync(checkpoint)) {
      const state = await readState(checkpoint);
      if (state) seen.add(state.tally.users);
    }
    await sleep(1);
  }
  await running;
  t.ok(seen.size > 3, `met ${seen.size} different ones`);
});

async function readState(path: string): Promise<CheckpointState | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { scope } = JSON.parse(text);
  return loadCheckpoint(path, scope);
}
