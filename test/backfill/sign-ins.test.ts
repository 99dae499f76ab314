import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { LiveEntry } from '../../src/profiles/record.ts';
import { accessToken, idToken, makePerson } from '../helper/callers.ts';
import { fromItem } from '../helper/items.ts';
import { sendOnce } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startPagingPool } from './paging-pool.ts';
import { toListedUser } from './pool-person.ts';
import { backfill, createEnv, readTable } from './run-backfill.ts';

const people = 50;
const poolSize = 300;

t.test(`nothing of ${people} people who sign in and patch meanwhile is overwritten`, async (t) => {
  const service = await startService(t);
  const pool = await startPagingPool(t, { size: poolSize });
  pool.faults.pageSize = () => 20;
  // Spread over all pages, so that some are met before and some after their first sign-in.
  const indexOf = (person: number) => person * Math.floor(poolSize / people);
  for (let person = 0; person < people; person++) {
    const told = {
      email: `pool${person}@example.com`,
      email_verified: 'false',
      given_name: 'Pool',
      family_name: 'Pool',
      name: 'Pool',
      'custom:theme': 'pool',
    };
    pool.special.set(indexOf(person), toListedUser(pool.sub(indexOf(person)), told));
  }

  /** The first few sign in before the backfill begins, the last few once it has made their profile. */
  const first = 5;
  const last = people - 5;
  const isMoved = async (number: number) => {
    const items = await readTable(service.engine.client, service.tableName);
    return items.has(pool.sub(indexOf(number)));
  };
  const env = createEnv(pool, service.engine, service.tableName);
  const args = ['--rate', '6', '--concurrency', '4', '--map', 'custom:theme=preferences.theme'];

  /** As an application does: 503 is asked again, and every patch here may be sent twice. */
  async function request(method: string, token: string, body?: object) {
    for (let attempt = 0; ; attempt++) {
      const answer = await sendOnce(service.url, method, '/v1/profiles/me', { token, body });
      if (answer.status !== 503 || attempt === 20) return answer;
      await sleep(Math.random() * 1_000);
    }
  }

  let moved = 0;
  async function live(number: number): Promise<void> {
    const person = makePerson({
      sub: pool.sub(indexOf(number)),
      email: `own${number}@example.com`,
      emailVerified: true,
    });
    const token = number % 2 ? idToken(service, person) : accessToken(service, person);
    if (number >= last) while (!(await isMoved(number))) await sleep(100);
    else if (number >= first) await sleep(Math.random() * 3_500);
    const opened = await request('GET', token);
    t.equal(opened.status, 200);
    if (opened.body.displayName === 'Pool') moved++;
    const patches: object[] = [
      { displayName: `Own ${number}` },
      { preferences: { [`own${number}`]: true } },
      { givenName: null },
      { familyName: 'Own', preferences: { theme: 'own' } },
    ];
    for (const body of patches) {
      await sleep(Math.random() * 150);
      const answer = await request('PATCH', token, body);
      t.equal(answer.status, 200);
    }
    // Where the backfill was faster than the first sign-in, the next read brings what it told.
    t.equal((await request('GET', token)).status, 200);
  }
  const numbers = Array.from({ length: people }, (_, number) => number);
  await Promise.all(numbers.slice(0, first).map(live));
  const running = backfill(t, env, args);
  await Promise.all(numbers.slice(first).map(live));
  const report = await running;
  t.match(report, { outcome: 'done', exitCode: 0, counts: { users: poolSize, failed: 0 } });
  t.ok(moved > 0, `${moved} of them found a profile that the backfill had made`);
  const own = poolSize - report.counts.created;
  t.ok(own > 0, `${own} signed in before it, and ${report.counts.filled} profiles were filled`);
  const again = await backfill(t, env, args.slice(4));
  t.match(again.counts, { created: 0, filled: 0 }, 'and a second run finds nothing to do');

  const items = await readTable(service.engine.client, service.tableName);
  t.equal(items.size, poolSize);
  for (let number = 0; number < people; number++) {
    const { profile, sources } = fromItem(items.get(pool.sub(indexOf(number))) ?? {}) as LiveEntry;
    t.match(profile, {
      displayName: `Own ${number}`,
      familyName: 'Own',
      preferences: { [`own${number}`]: true, theme: 'own' },
      // An ID token told the address; an access token without `openid` could not.
      email: number % 2 ? `own${number}@example.com` : `pool${number}@example.com`,
    });
    t.notHas(profile, { givenName: String }, 'a name they removed stays removed');
    t.match(sources, { displayName: 'person', familyName: 'person', preferences: 'person' });
  }
});
