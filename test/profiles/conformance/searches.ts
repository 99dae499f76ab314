import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { ProfileStore } from '../../../src/profiles/profile-store.ts';
import type { LiveEntry } from '../../../src/profiles/record.ts';
import { createEntry } from '../../../src/profiles/revision.ts';
import { inParallel } from '../../helper/parallel.ts';
import { createHand, erasureOf, idOf, start, written } from './entries.ts';
import type { Place, PreparePlace } from './places.ts';

/** Look-ups, the walk over all entries, and the moment of an identity. */
export async function testSearches(t: Test, preparePlace: PreparePlace): Promise<void> {
  const place = await preparePlace(t);
  const store = place.connect(t);
  const { insert, erase, amend, find } = createHand(store);

  await t.test('noteIdentity notes the latest moment and changes nothing else', async (t) => {
    const entry = await insert({ displayName: 'A' });
    const { userId } = entry.profile;
    await store.noteIdentity(userId, 200);
    await store.noteIdentity(userId, 100);
    t.same(await store.find(userId), { ...entry, identityAt: 200 });
    const absent = randomUUID();
    await store.noteIdentity(absent, 100);
    t.equal(await store.find(absent), undefined);
    const tombstone = await erase(entry);
    await store.noteIdentity(userId, 300);
    t.strictSame(await store.find(userId), tombstone);
  });

  await t.test('noteUserless notes it on the very version, and changes nothing else', async (t) => {
    const entry = await insert({ displayName: 'A' });
    const { userId, version } = entry.profile;
    const userlessSince = '2026-11-01T10:00:00.000Z';
    t.ok(await store.noteUserless(userId, version, userlessSince));
    t.same(await store.find(userId), { ...entry, userlessSince });
    t.notOk(await store.noteUserless(userId, version + 1, undefined), 'of another version');
    const amended = written(await amend(entry, { displayName: 'B' }));
    t.equal(amended.userlessSince, userlessSince, 'a write of the profile leaves it');
    t.ok(await store.noteUserless(userId, amended.profile.version, undefined));
    t.notOk((await find(userId)).userlessSince);
    t.notOk(await store.noteUserless(randomUUID(), 1, userlessSince));
    await erase(amended);
    t.notOk(await store.noteUserless(userId, version + 2, userlessSince), 'nor on a tombstone');
    t.match(await store.find(userId), { kind: 'tombstone', closing: undefined });
  });

  await t.test('listClosing meets the tombstones that note a login, and no others', async (t) => {
    const place = await preparePlace(t);
    const { store, closing } = await prepareClosing(t, place);
    const met: string[] = [];
    let after: string | undefined;
    do {
      const { entries, next } = await store.listClosing(after);
      met.push(...entries.map(({ userId }) => userId));
      for (const entry of entries) t.same(entry.closing, ['eu-west-1_AbCdEfGhI']);
      after = next;
    } while (after !== undefined);
    t.same(met.sort(), closing.sort());
  });

  await t.test('findIds finds entries by the value they hold now', async (t) => {
    const email = `${randomUUID()}@example.com`;
    const [one, two] = await Promise.all([insert({ email }), insert({ email })]);
    const ids = [one.profile.userId, two.profile.userId].sort();
    t.strictSame((await store.findIds('email', email)).sort(), ids);
    t.strictSame(await store.findIds('stripeCustomerId', 'cus_nobody'), []);
    written(await amend(one, { email: `new.${email}`, emailVerified: false }));
    t.strictSame(await store.findIds('email', email), [two.profile.userId]);
    const both = await insert({ stripeCustomerId: 'cus_1x', revenueCatId: 'rc 1' });
    t.strictSame(await store.findIds('stripeCustomerId', 'cus_1x'), [both.profile.userId]);
    t.strictSame(await store.findIds('revenueCatId', 'rc 1'), [both.profile.userId]);
  });

  await t.test('findIds finds 100 at most', async (t) => {
    const email = `${randomUUID()}@example.com`;
    await inParallel(101, 16, () => insert({ email }));
    t.equal(new Set(await store.findIds('email', email)).size, 100);
  });

  await t.test('list meets every live entry once, in an order that stays', async (t) => {
    const { store } = await prepareList(t, await preparePlace(t));
    const all = await walk(store, 100);
    t.equal(all.length, 60);
    t.equal(new Set(all).size, 60);
    for (const limit of [1, 7, 20, 59, 60]) t.strictSame(await walk(store, limit), all, `${limit}`);
    const [first, second] = await Promise.all([store.list(5), store.list(5, all[4])]);
    t.strictSame(first.entries.map(idOf), all.slice(0, 5));
    t.equal(first.next, all[4]);
    t.strictSame(second.entries.map(idOf), all.slice(5, 10));
    const gone = (await store.find(all[4] as string)) as LiveEntry;
    written(await store.put(erasureOf(gone), gone));
    t.strictSame((await store.list(5, all[4])).entries.map(idOf), all.slice(5, 10));
    t.notOk((await store.list(60)).next, 'a full last page has no next');
    const empty = (await preparePlace(t)).connect(t);
    t.strictSame(await empty.list(10), { entries: [] });
  });

  await t.test('list answers fewer where entries are large', async (t) => {
    const store = (await preparePlace(t)).connect(t);
    const { insert } = createHand(store);
    await inParallel(70, 8, () => insert({ preferences: { a: 'x'.repeat(32_000) } }));
    const { entries, next } = await store.list(70);
    t.ok(entries.length >= 1 && entries.length < 70, `${entries.length} of 32 KB`);
    t.equal(next, entries.at(-1)?.profile.userId);
    t.equal((await walk(store, 70)).length, 70);
  });
}

async function walk(store: ProfileStore, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(limit, after);
    ids.push(...page.entries.map(idOf));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

/** Sixty live entries, and thirty that were erased. */
export async function prepareList(t: Test, place: Place) {
  const store = place.connect(t);
  const ids = Array.from({ length: 90 }, () => randomUUID());
  await inParallel(90, 16, async (n) => {
    const id = ids[n] as string;
    const entry = written(await store.put(createEntry(id, {}, { source: 'person' }, start)));
    if (n >= 60) written(await store.put(erasureOf(entry), entry));
  });
  return { store, ids };
}

async function prepareClosing(t: Test, place: Place) {
  const store = place.connect(t);
  const { insert, erase } = createHand(store);
  const closing: string[] = [];
  for (let n = 0; n < 6; n++) {
    const entry = await insert({ displayName: `${n}` });
    if (n % 3 === 0) continue;
    if (n % 3 === 1) await erase(entry);
    else {
      const noted = { ...erasureOf(entry), closing: ['eu-west-1_AbCdEfGhI'] };
      written(await store.put(noted, entry));
      closing.push(idOf(entry));
    }
  }
  return { store, closing };
}
