import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { LiveEntry } from '../../../src/profiles/record.ts';
import { inParallel } from '../../helper/parallel.ts';
import { createHand, idOf, written } from './entries.ts';
import type { Place } from './places.ts';

/** Reads by id. */
export async function testReads(t: Test, place: Place): Promise<void> {
  const store = place.connect(t);
  const { insert, erase, amend, find } = createHand(store);

  await t.test('find answers the live entry, the tombstone, or undefined', async (t) => {
    t.equal(await store.find(randomUUID()), undefined);
    const entry = await insert({ displayName: 'Ada', preferences: { a: [1, null, {}] } });
    t.same(await store.find(entry.profile.userId), entry);
    const tombstone = await erase(entry);
    t.strictSame(await store.find(entry.profile.userId), tombstone);
  });

  await t.test('show answers what is shown of it, alone and with many others', async (t) => {
    t.equal(await store.show(randomUUID()), undefined);
    const entry = await insert({ displayName: 'Ada', preferences: { a: [1, null, {}] } });
    const again = await insert(
      { displayName: 'Grace' },
      { erasedAt: '2026-01-02T03:04:05.678Z', identityAt: 1_760_000_000 },
    );
    const { attached: _, ...tombstone } = await erase(await insert());
    const others = await inParallel(40, 16, () => insert());
    for (const together of [[], others]) {
      const reads = together.map(({ profile }) => store.show(profile.userId));
      const shown = await Promise.all([entry, again].map((each) => store.show(idOf(each))));
      for (const [at, { profile, identityAt, erasedAt }] of [entry, again].entries()) {
        t.match(shown[at], { kind: 'live', profile });
        const { identityAt: asOf, erasedAt: before } = shown[at] as LiveEntry;
        t.strictSame([asOf, before], [identityAt, erasedAt]);
      }
      t.match(await store.show(tombstone.userId), tombstone);
      for (const [at, read] of reads.entries()) {
        t.match(await read, { kind: 'live', profile: together[at]?.profile });
      }
    }
  });

  await t.test('reads see every write that was answered before they began', async (t) => {
    const entry = await insert({ displayName: '0' });
    for (let n = 1; n <= 30; n++) {
      written(await amend(entry, { displayName: `${n}` }));
      const reads = await Promise.all([1, 2, 3].map(() => find(entry.profile.userId)));
      t.ok(reads.every(({ profile }) => profile.displayName === `${n}`));
    }
  });

  await t.test('findMany takes any number of ids, repeated or absent', async (t) => {
    t.equal((await store.findMany([])).size, 0);
    const entries = await inParallel(230, 16, () => insert());
    const ids = entries.map(({ profile }) => profile.userId);
    const found = await store.findMany([...ids, 'nobody', ...ids.slice(0, 7)]);
    t.strictSame([...found.keys()].sort(), [...ids].sort());
  });

  await t.test(
    'findSome reads from the first id on, as much as is to be held at once',
    async (t) => {
      const small = await inParallel(60, 16, () => insert());
      const large = await inParallel(60, 8, () =>
        insert({ preferences: { a: 'x'.repeat(32_000) } }),
      );
      const [smallIds, largeIds] = [small.map(idOf), large.map(idOf)];
      const all = await store.findSome([...smallIds, 'nobody', ...smallIds]);
      t.strictSame([...all.found.keys()].sort(), [...smallIds].sort());
      t.equal(all.unread.size, 0);
      const some = await store.findSome([...largeIds, 'nobody']);
      const { size } = some.found;
      t.ok(size >= 16 && size < 40, `${size} of 32 KB`);
      t.strictSame([...some.found.keys()].sort(), largeIds.slice(0, size).sort());
      t.strictSame([...some.unread], [...largeIds.slice(size), 'nobody']);
    },
  );

  await t.test('every JSON value comes back equal', async (t) => {
    const preferences = {
      numbers: [
        0,
        -1,
        1e21,
        1e-7,
        1e125,
        1e-130,
        -9.87654321e-100,
        2 ** 53,
        0.1,
        123456789.12345679,
      ],
      strings: ['', ' ', '\u0000\u001f', '\ud83d\ude00', '\u2028', 'a'.repeat(5000)],
      nested: { list: [[], {}, [[]], { a: [{}] }], truth: [true, false, null] },
    };
    const entry = await insert({ preferences });
    t.strictSame((await find(entry.profile.userId)).profile.preferences, preferences);
  });
}
