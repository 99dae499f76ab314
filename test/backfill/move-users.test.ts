import t, { type Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { startRelay } from '../helper/relay.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { assertMoved, maps } from './expected-profiles.ts';
import { startPagingPool } from './paging-pool.ts';
import { readAttribute, toListedUser } from './pool-person.ts';
import { backfill, createEnv, readTable, withoutTimes } from './run-backfill.ts';

async function start(t: Test, size: number) {
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const pool = await startPagingPool(t, { size });
  const store = createTableStore(t, engine, tableName);
  return {
    pool,
    store,
    env: createEnv(pool, engine, tableName),
    table: () => readTable(engine.client, tableName),
  };
}

function versionOfItem({ version }: Item): number {
  return Number(version?.N);
}

t.test('moves every user, and a second run writes nothing', async (t) => {
  const { pool, env, table } = await start(t, 400);
  const first = await backfill(t, env, maps);
  t.match(first, { outcome: 'done', exitCode: 0, counts: { users: 400, created: 400, pages: 7 } });
  await assertMoved(t, pool, await table());

  const before = await table();
  const second = await backfill(t, env, maps);
  t.match(second.counts, { users: 400, created: 0, filled: 0, skipped: 400, failed: 0 });
  t.equal(second.exitCode, 0);
  t.strictSame(await table(), before, 'no item was written again');
});

t.test('a write that was answered to nobody is counted as what it was', async (t) => {
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const relay = await startRelay(t, engine);
  const pool = await startPagingPool(t, { size: 60 });
  const others = [pool.sub(1), pool.sub(11)];
  const store = createTableStore(t, engine, tableName);
  for (const id of others) {
    await store.put(createEntry(id, { givenName: 'Kept' }, { source: 'person' }, new Date()));
  }
  const cut = new Map<string, number>();
  // More answers than one call of the store has attempts, of every tenth new and each filled one.
  relay.intercept = ({ operation, input }) => {
    if (operation !== 'PutItem') return undefined;
    const id = String(input.Item.userId.S);
    const number = cut.get(id) ?? 0;
    if (number === 4 || !(others.includes(id) || id.endsWith('0'))) return undefined;
    cut.set(id, number + 1);
    return 'cut';
  };
  const report = await backfill(t, createEnv(pool, relay, tableName), maps);
  t.ok(cut.size > others.length, `${cut.size} people's writes were answered late`);
  t.match(report, { exitCode: 0, counts: { users: 60, created: 58, filled: 2, skipped: 0 } });
  t.ok(report.counts.retried > 0);
  const versions = [...(await readTable(engine.client, tableName)).values()].map(versionOfItem);
  t.same(versions.sort(), [...Array(58).fill(1), 2, 2], 'each was written once');
});

t.test('a dry run writes nothing and tells what the run then does', async (t) => {
  const { pool, env, table, store } = await start(t, 150);
  pool.special.set(3, toListedUser(pool.sub(3), { given_name: 'x'.repeat(2048) }));
  await store.put(
    createEntry(pool.sub(5), { givenName: 'Kept' }, { source: 'person' }, new Date()),
  );
  const before = await table();
  const dry = await backfill(t, env, [...maps, '--dry-run']);
  t.strictSame(await table(), before);
  const real = await backfill(t, env, maps);
  t.strictSame(dry.counts, real.counts);
  t.strictSame(dry.problems, real.problems);
  t.equal(dry.exitCode, real.exitCode);
  t.match(real.counts, { created: 149, filled: 1, problems: 1 });
});

t.test('gets through a pool that throttles, shortens, empties, repeats and cuts', async (t) => {
  const { pool, env, table } = await start(t, 600);
  pool.faults = {
    pageSize: (at) => [60, 7, 0, 1, 59][at % 5] ?? 60,
    throttles: (call) => call % 9 === 0,
    cuts: (call) => call % 11 === 0,
    repeats: (at) => at % 2 === 0,
  };
  const report = await backfill(t, env, maps);
  t.match(report, {
    outcome: 'done',
    exitCode: 0,
    counts: { users: 600, created: 600, failed: 0 },
  });
  t.ok(report.counts.repeated > 0, 'users came twice and were counted once');
  t.ok(report.counts.throttled > 0);
  t.ok(report.counts.retried > 0);
  t.match(report.terminal, /throttled \(TooManyRequestsException\): waiting \d+ ms, then/);
  await assertMoved(t, pool, await table());
});

t.test('begins again when the page token expires, and skips what is done', async (t) => {
  const { pool, env, table } = await start(t, 600);
  pool.faults.expires = (call) => call === 6;
  const report = await backfill(t, env, maps);
  t.match(report, { outcome: 'done', exitCode: 0, counts: { restarts: 1, users: 600 } });
  t.equal(report.counts.created, 600, 'what was created before the restart still counts');
  await assertMoved(t, pool, await table());
  const versions = [...(await table()).values()].map(({ version }) => version?.N);
  t.strictSame(new Set(versions), new Set(['1']), 'nobody was written twice');
});

t.test('gives up on a pool whose tokens never last', async (t) => {
  const { pool, env } = await start(t, 200);
  pool.faults.expires = (call) => call % 2 === 0;
  const report = await backfill(t, env);
  t.match(report, { outcome: 'failed', exitCode: 1, error: /Paging marker is invalid/ });
});

t.test('what others wrote stays; only what is lacking is filled', async (t) => {
  const { pool, env, store } = await start(t, 6);
  const told = {
    email: 'new@example.com',
    email_verified: 'true',
    given_name: 'New',
    family_name: 'Name',
    'custom:theme': 'dark',
  };
  for (let index = 0; index < 6; index++) {
    pool.special.set(index, toListedUser(pool.sub(index), told));
  }
  const now = new Date();
  const idOf = (index: number) => pool.sub(index);
  await store.put(createEntry(idOf(0), { givenName: 'Own' }, { source: 'person' }, now));
  await store.put(
    createEntry(
      idOf(1),
      { email: 'billing@example.com', emailVerified: false },
      { source: 'service' },
      now,
    ),
  );
  await store.put({
    ...createEntry(
      idOf(2),
      { email: 'idp@example.com', emailVerified: true },
      { source: 'identityProvider' },
      now,
    ),
    identityAt: 1_700_000_000,
  });
  await store.put(createEntry(idOf(3), { preferences: { own: 1 } }, { source: 'person' }, now));
  const removed = createEntry(idOf(4), {}, { source: 'person' }, now);
  await store.put({ ...removed, sources: { givenName: 'person', email: 'service' } });
  const erasedAt = now.toISOString();
  const tombstone = {
    kind: 'tombstone',
    userId: idOf(5),
    version: 1,
    erasedAt,
    expiresAt: 4e9,
  } as const;
  await store.put(tombstone);

  const report = await backfill(t, env, maps);
  t.match(report.counts, { created: 0, filled: 5, skipped: 1, erased: 1, failed: 0 });
  const entries = await store.findMany([0, 1, 2, 3, 4, 5].map(idOf));
  t.match(entries.get(idOf(0)), {
    profile: { version: 2, givenName: 'Own', familyName: 'Name', email: 'new@example.com' },
    sources: { givenName: 'person', familyName: 'backfill', email: 'backfill' },
  });
  t.match(entries.get(idOf(1)), {
    profile: { email: 'billing@example.com', emailVerified: false, givenName: 'New' },
    sources: { email: 'service', emailVerified: 'service' },
  });
  t.match(entries.get(idOf(2)), {
    profile: { email: 'idp@example.com', emailVerified: true, familyName: 'Name' },
    sources: { email: 'identityProvider' },
    identityAt: 1_700_000_000,
  });
  t.match(entries.get(idOf(3)), { profile: { preferences: { own: 1 } } });
  const fourth = entries.get(idOf(4));
  t.match(fourth, { profile: { familyName: 'Name' } });
  t.notHas(fourth, { profile: { givenName: String } }, 'a field a person removed is not filled');
  t.notHas(fourth, { profile: { email: String } });
  t.match(entries.get(idOf(5)), tombstone);
});

t.test('--limit and --filter', async (t) => {
  const { pool, env, table } = await start(t, 200);
  const limited = await backfill(t, env, ['--limit', '70']);
  t.match(limited, { outcome: 'limit reached', exitCode: 0, counts: { users: 70, created: 70 } });
  t.equal((await table()).size, 70);
  const wanted = readAttribute(pool.userAt(150), 'email') ?? '';
  const email = wanted === '' ? readAttribute(pool.userAt(151), 'email') : wanted;
  const filtered = await backfill(t, env, ['--filter', `email = "${email}"`]);
  t.match(filtered.counts, { users: 1, created: 1 });
});

t.test(
  'a pool, a table or an attribute that is not there ends the run with a clear word',
  async (t) => {
    const { env } = await start(t, 10);
    const noPool = await backfill(t, { ...env, COGNITO_USER_POOL_ID: 'eu-west-1_Nowhere' });
    t.match(noPool, { outcome: 'failed', exitCode: 1, error: /ResourceNotFoundException/ });
    const noTable = await backfill(t, { ...env, USER_PROFILE_TABLE_NAME: 'Nowhere' });
    t.match(noTable, {
      outcome: 'failed',
      exitCode: 1,
      error: /table can't be reached: ResourceNot/,
    });
    await t.rejects(backfill(t, env, ['--map', 'custom:thme=preferences.theme']), {
      name: 'UsageError',
      message: '--map: the pool has no attribute custom:thme',
    });
  },
);

t.test('ends in the same way for two runs over each other', async (t) => {
  const { pool, env, table } = await start(t, 300);
  const reports = await Promise.all([backfill(t, env, maps), backfill(t, env, maps)]);
  t.equal(reports[0].counts.created + reports[1].counts.created, 300, 'each was created once');
  await assertMoved(t, pool, await table());
  t.equal(withoutTimes(await table()).length, 300);
});
