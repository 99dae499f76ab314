import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { Tombstone } from '../../../src/profiles/record.ts';
import { createEntry } from '../../../src/profiles/revision.ts';
import {
  createHand,
  erasureOf,
  later,
  makeTombstone,
  refused,
  revise,
  start,
  tick,
  written,
} from './entries.ts';
import type { Place } from './places.ts';

/** Whole entries, put where nothing is or exactly in the place of what is named. */
export async function testPuts(t: Test, place: Place): Promise<void> {
  const store = place.connect(t);
  const { insert, erase, find } = createHand(store);

  await t.test('put adds an entry where there is none', async (t) => {
    const entry = await insert({ givenName: 'Ada' });
    const other = createEntry(
      entry.profile.userId,
      { givenName: 'Eve' },
      { source: 'service' },
      later,
    );
    t.same(refused(await store.put(other)), entry);
    t.same(await store.find(entry.profile.userId), entry);
  });

  await t.test(
    'what a tombstone notes of a login stays, until another takes its place',
    async (t) => {
      const plain = await erase(await insert({ givenName: 'Ada' }));
      const after = (ms: number) => new Date(Date.parse(plain.erasedAt) + ms).toISOString();
      const noted = { ...plain, version: plain.version + 1, erasedAt: after(1) };
      const closing = ['eu-west-1_AbCdEfGhI', 'us-east-1_AbCdEfGhI'];
      written(await store.put({ ...noted, closing }, plain));
      const found = await find(plain.userId);
      t.match(found, { kind: 'tombstone', closing });
      const settled = { ...plain, version: noted.version + 1, erasedAt: after(2) };
      written(await store.put(settled, found));
      t.notOk('closing' in ((await find(plain.userId)) ?? {}));
    },
  );

  await t.test('put takes the place of exactly the tombstone it names', async (t) => {
    const tombstone = await erase(await insert({ email: 'ada@example.com' }));
    const reborn = createEntry(tombstone.userId, {}, { source: 'person' }, later, tombstone);
    t.strictSame(refused(await store.put(reborn)), tombstone);
    const earlier = { ...tombstone, erasedAt: start.toISOString() };
    t.strictSame(refused(await store.put(reborn, earlier)), tombstone);
    written(await store.put(reborn, tombstone));
    const found = await find(tombstone.userId);
    t.equal(found.profile.version, tombstone.version + 1);
    t.equal(found.erasedAt, tombstone.erasedAt);
    t.notOk(found.profile.email);
    t.same(refused(await store.put(reborn, tombstone)), found);
    const stranger = createEntry(randomUUID(), {}, { source: 'person' }, later, tombstone);
    t.equal(refused(await store.put(stranger, tombstone)), undefined);
  });

  await t.test('put takes the place of exactly the live entry it names', async (t) => {
    const first = await insert({ displayName: 'one', preferences: { a: 1 } });
    const next = revise(first, { displayName: 'two' });
    const second = written(await store.put(next, first));
    t.match(second, { profile: next.profile, sources: next.sources });
    t.same(await store.find(first.profile.userId), second);
    t.same(refused(await store.put(next, first)), second);
    t.same(refused(await store.put(revise(first, { displayName: 'late' }), first)), second);
    const absent = createEntry(randomUUID(), {}, { source: 'person' }, start);
    const changed = revise(absent, { displayName: 'x' });
    t.equal(refused(await store.put(changed, absent)), undefined);
    t.equal(await store.find(absent.profile.userId), undefined);
    const tombstone = await erase(second);
    t.strictSame(refused(await store.put(revise(second, {}), second)), tombstone);
  });

  await t.test('a tombstone leaves nothing else of the entry', async (t) => {
    const entry = await insert({ email: 'gone@example.com', stripeCustomerId: 'cus_gone' });
    const tombstone = await erase(entry);
    const { attached, ...kept } = (await store.find(tombstone.userId)) as Tombstone;
    t.strictSame(Object.keys(kept).sort(), ['erasedAt', 'expiresAt', 'kind', 'userId', 'version']);
    t.strictSame(await store.findIds('email', 'gone@example.com'), []);
    t.strictSame(refused(await store.put(erasureOf(entry), entry)), tombstone);
    t.strictSame(refused(await store.put(makeTombstone(tombstone.userId, 1))), tombstone);
  });

  await t.test('a tombstone takes the place of nothing and of another one', async (t) => {
    const first = written(await store.put(makeTombstone(randomUUID(), 1)));
    t.strictSame(await store.find(first.userId), first);
    const erasedAt = tick().toISOString();
    const again = { ...first, version: 2, erasedAt };
    const second = written(await store.put(again, first));
    t.match(second, { version: 2, erasedAt });
    t.strictSame(refused(await store.put(again, first)), second);
    const entry = await insert();
    t.same(refused(await store.put(makeTombstone(entry.profile.userId, 1))), entry);
  });
}
