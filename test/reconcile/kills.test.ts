import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { createRandom } from '../helper/random.ts';
import { type Item, poolIds, prepareReconcile, profileOf, tombstoneOf } from './run-reconcile.ts';

/** Users and profiles, about as many of each; a hundredth of them in each kind of drift. */
const size = Number(process.env.RECONCILE_USERS ?? 400);
const kills = Number(process.env.RECONCILE_KILLS ?? 3);
/** Of what is wrong. */
const shown = 5;
const drift = Math.floor(size / 100);

const kinds = ['noProfile', 'userless', 'returned', 'closing', 'goneClosing', 'erased'] as const;
type Kind = (typeof kinds)[number];
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

t.test(
  `${size} users and profiles, ${drift} of each drift, killed ${kills} times a week`,
  async (t) => {
    const { pools, put, kill, run, calls, ageNotes, readTable } = await prepareReconcile(t);
    const random = createRandom(size);
    const ids = (kind: Kind) => range(drift).map((n) => `${kind}-${n}`);
    const nameOf = (sub: string, n: number) => (n % 5 === 0 ? `google_${sub}` : sub);
    const addUser = (sub: string, n: number) => {
      pools.add(poolIds[n % 2] as string, { sub, username: nameOf(sub, n) });
    };
    const items: Item[] = [];
    for (const n of range(size)) {
      addUser(`user-${n}`, n);
      items.push(profileOf(`user-${n}`));
    }
    for (const [n, id] of ids('noProfile').entries()) addUser(id, n);
    for (const id of ids('userless')) items.push(profileOf(id));
    const long = { closing: { S: '2026-01-01T00:00:00.000Z' } };
    for (const [n, id] of ids('returned').entries()) {
      addUser(id, n);
      items.push(profileOf(id, long));
    }
    for (const [n, id] of ids('closing').entries()) {
      addUser(id, n);
      items.push(tombstoneOf(id, [poolIds[n % 2] as string]));
    }
    // Their names were given again, to somebody new.
    for (const id of ids('goneClosing')) {
      pools.add(poolIds[0], { sub: `user-of-${id}`, username: `google_${id}` });
      items.push(tombstoneOf(id, [...poolIds]), profileOf(`user-of-${id}`));
    }
    for (const [n, id] of ids('erased').entries()) {
      addUser(id, n);
      items.push(tombstoneOf(id));
    }
    await put(items);
    const before = await readTable();

    /** Killed so often, at a moment of its calls that is drawn; then once to its end. */
    const week = async () => {
      const started = calls();
      await run();
      const whole = calls() - started;
      let killed = 0;
      for (let n = 0; n < kills; n++) {
        if (await kill(1 + random.below(whole), '--yes')) killed++;
      }
      t.ok(killed > kills / 2, `${killed} of ${kills} runs were killed before their end`);
      return run('--yes');
    };

    const first = await week();
    t.equal(first.code, 3, first.output);
    t.match(first.report.counts, { userless: drift, erased: 0, waiting: Number });
    const afterFirst = await readTable();
    const wrong: string[] = [];
    for (const [userId, item] of before) {
      const is = (kind: Kind) => userId.startsWith(`${kind}-`);
      const { closing, ...rest } = afterFirst.get(userId) ?? {};
      const { closing: noted, ...bare } = item;
      const isNoted = is('userless') ? closing?.S !== undefined : closing === undefined;
      // Settled: another version of a tombstone.
      const isSame = is('closing') || is('goneClosing') || isDeepStrictEqual(rest, bare);
      if (!isNoted || !isSame) wrong.push(userId);
    }
    t.same(wrong.slice(0, shown), [], 'the right ones are noted or settled, and no others');
    const doomed = ids('closing').map(nameOf);
    t.same([...new Set(pools.deleted)].sort(), doomed.sort(), 'exactly those who closed are gone');
    t.equal(pools.deleted.length, drift, 'each once');

    await ageNotes(8);
    const second = await week();
    t.equal(second.code, 0, second.output);
    t.match(second.report.counts, { closing: 0, waiting: 0, left: 0 });
    const afterSecond = await readTable();
    const astray = [...afterFirst].filter(([userId, item]) => {
      const now = afterSecond.get(userId);
      if (!userId.startsWith('userless-')) return !isDeepStrictEqual(now, item);
      return !now?.expiresAt || now.displayName || now.closing;
    });
    t.same(astray.slice(0, shown), [], 'exactly those without a user are erased');
    t.equal(afterSecond.size, before.size);
    t.equal(pools.deleted.length, drift, 'and nobody else was deleted');
  },
);
