import { ConfirmSignUpCommand, SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import t, { type Test } from 'tap';
import { webClientId } from '../../local-cognito/app-clients.ts';
import { drifts } from '../../src/backfill/drift.ts';
import type { ProfileFields } from '../../src/profiles/record.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { poolId, startPool } from '../local-cognito/start-pool.ts';
import { startPagingPool } from './paging-pool.ts';
import { toListedUser } from './pool-person.ts';
import { backfill, createEnv, readTable, spawnBackfill } from './run-backfill.ts';

async function start(t: Test, size: number) {
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const pool = await startPagingPool(t, { size });
  const store = createTableStore(t, engine, tableName);
  const table = () => readTable(engine.client, tableName);
  return { pool, store, env: createEnv(pool, engine, tableName), table };
}

t.test('right after a backfill there is no drift', async (t) => {
  const { env, pool } = await start(t, 300);
  pool.faults = { pageSize: (at) => [60, 0, 13][at % 3] ?? 60, repeats: (at) => at % 2 === 0 };
  await backfill(t, env);
  const report = await backfill(t, env, ['--check']);
  t.match(report, { outcome: 'done', exitCode: 0, counts: { users: 300, problems: 0 } });
  t.strictSame(report.problems, []);
});

t.test('every kind of drift is told, and nothing is written', async (t) => {
  const { pool, env, store, table } = await start(t, 8);
  const email = (index: number) => ({
    email: `user${index}@example.com`,
    email_verified: 'true',
  });
  for (let index = 0; index < 8; index++) {
    pool.special.set(index, toListedUser(pool.sub(index), email(index)));
  }
  const now = new Date();
  const verified = (index: number) => ({ email: `user${index}@example.com`, emailVerified: true });
  const insert = (id: string, fields: ProfileFields, source: 'service' | 'backfill') =>
    store.put(createEntry(id, fields, { source }, now));
  await insert(pool.sub(0), verified(0), 'backfill');
  await insert(pool.sub(1), { email: 'other@example.com', emailVerified: true }, 'service');
  await insert(pool.sub(2), { ...verified(2), emailVerified: false }, 'backfill');
  await insert(pool.sub(3), {}, 'backfill');
  await insert('deleted-from-the-pool', verified(9), 'backfill');
  const erasedAt = now.toISOString();
  await store.put({ kind: 'tombstone', userId: pool.sub(4), version: 1, erasedAt, expiresAt: 4e9 });
  await insert(pool.sub(5), verified(5), 'backfill');
  await insert(pool.sub(6), verified(6), 'backfill');

  const before = await table();
  const report = await backfill(t, env, ['--check']);
  t.equal(report.exitCode, 3);
  t.strictSame(report.problems, [
    { userId: pool.sub(1), field: 'email', reason: drifts.email, writtenBy: 'service' },
    {
      userId: pool.sub(2),
      field: 'emailVerified',
      reason: drifts.verification,
      writtenBy: 'backfill',
    },
    { userId: pool.sub(3), field: 'email', reason: drifts.email },
    { userId: pool.sub(7), reason: drifts.noProfile },
    { userId: 'deleted-from-the-pool', reason: drifts.noUser },
  ]);
  t.match(report.counts, { users: 8, erased: 1, problems: 5 });
  t.strictSame(await table(), before);

  const child = spawnBackfill(t, env, ['--check']);
  t.equal(await child.ended, 3, child.output());
  t.match(child.output(), /5 differences, 1 erased/);
});

t.test('a person who signs up while the check runs is no drift', async (t) => {
  const { pool, env, store } = await start(t, 119);
  await backfill(t, env);
  // After the walk has read its last page, and before the table is read.
  pool.faults.latency = 100;
  const checking = backfill(t, env, ['--check']);
  const calls = pool.calls;
  while (pool.calls < calls + 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.put(createEntry(pool.sub(119), {}, { source: 'person' }, new Date()));
  const late = toListedUser(pool.sub(119), {});
  pool.special.set(119, late);
  await new Promise((resolve) => setTimeout(resolve, 100));
  pool.size = 120;
  t.match(await checking, { exitCode: 0, counts: { problems: 0 } });
});

t.test('three people sign up in the local pool, and are moved without drift', async (t) => {
  const { url, client, codes } = await startPool(t);
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const env = createEnv({ url, poolId }, engine, tableName);
  for (const name of ['lin', 'mary', 'nils']) {
    const Username = `${name}@example.com`;
    await client.send(
      new SignUpCommand({
        ClientId: webClientId,
        Username,
        Password: 'Correct-horse-2',
        UserAttributes: [
          { Name: 'email', Value: Username },
          { Name: 'given_name', Value: name },
        ],
      }),
    );
    const ConfirmationCode = codes.get(Username);
    await client.send(
      new ConfirmSignUpCommand({ ClientId: webClientId, Username, ConfirmationCode }),
    );
  }
  const before = await backfill(t, env, ['--check']);
  t.equal(before.exitCode, 3);
  const moved = await backfill(t, env);
  t.match(moved, { exitCode: 0, counts: { failed: 0 } });
  t.ok(moved.counts.created >= 3);
  t.equal(before.counts.problems, moved.counts.created);
  t.match(await backfill(t, env, ['--check']), { exitCode: 0, counts: { problems: 0 } });
});
