import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startDynalite } from '../helper/table-engine.ts';
import { assertMoved, maps } from './expected-profiles.ts';
import { startPagingPool } from './paging-pool.ts';
import { createEnv, makeFolder, readReport, readTable, spawnBackfill } from './run-backfill.ts';

// `npm run test:long` moves 100,000 users at the default rate, in about three minutes.
const size = Number(process.env.BACKFILL_USERS ?? 3_000);
const rate = Number(process.env.BACKFILL_RATE ?? 3);
const memoryLimit = 200;

t.setTimeout(60_000 + (size / 60 / rate) * 4_000);

// A rate says nothing of the command where the processor is not to be had.
const [load = 0] = loadavg();
const isBusy = size < 50_000 && load > 2 * cpus().length;
const busy = isBusy && `the machine is busy: load ${load.toFixed(1)} on ${cpus().length} cores`;

t.test(`moves ${size} users at ${rate} pages a second in little memory`, async (t) => {
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const pool = await startPagingPool(t, { size });
  const folder = makeFolder(t);
  const report = join(folder, 'report.json');
  const args = ['--rate', String(rate), '--report', report, '--checkpoint', join(folder, 'at')];
  const run = spawnBackfill(t, createEnv(pool, engine, tableName), [...args, ...maps]);

  const samples: number[] = [];
  const timer = setInterval(async () => {
    const memory = await readMemory(run.child.pid);
    if (memory !== undefined) samples.push(memory);
  }, 500);
  t.teardown(() => clearInterval(timer));
  t.equal(await run.ended, 0, run.output());
  clearInterval(timer);

  const { counts } = await readReport(report);
  t.match(counts, { users: size, created: size, skipped: 0, failed: 0, throttled: 0 });
  assertMoved(t, pool, await readTable(engine.client, tableName));

  const [first = 0, last = 0] = [pool.pages[0], pool.pages.at(-1)];
  const reached = (pool.pages.length - 1) / ((last - first) / 1000);
  t.comment(`${reached.toFixed(2)} pages a second of ${rate} asked for`);
  t.ok(
    reached >= 0.95 * rate,
    'at least 95% of the page rate asked for',
    busy ? { skip: busy } : {},
  );

  if (!existsSync('/proc/self/status'))
    return t.pass('memory: there is no /proc here', { skip: true });
  const running = samples.slice(4);
  const half = Math.floor(running.length / 2);
  const [early, late] = [Math.max(...running.slice(0, half)), Math.max(...running.slice(half))];
  t.comment(`resident memory at most ${early} MB in the first half, ${late} MB in the second`);
  t.ok(Math.max(early, late) <= memoryLimit, `at most ${memoryLimit} MB`);
  if (size >= 50_000) t.ok(late <= early * 1.15, 'and flat');
});

/** Resident megabytes of a process; undefined when it is gone. */
async function readMemory(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}
