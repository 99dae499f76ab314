import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { JsonObject } from '../../../src/json/json-value.ts';
import { planAmendment } from '../../../src/profiles/amendment.ts';
import type { ProfilePatch } from '../../../src/profiles/record.ts';
import { createEntry } from '../../../src/profiles/revision.ts';
import { defaultSchema } from '../../helper/default-schema.ts';
import { createHand, later, plan, refused, start, tick, written } from './entries.ts';
import type { Place } from './places.ts';

/** What the default file gives `preferences`. */
const maxBytes = 32 * 1024;

/** Amendments in place, and what refuses them. */
export async function testAmendments(t: Test, place: Place): Promise<void> {
  const store = place.connect(t);
  const { insert, erase, amend, find } = createHand(store);

  await t.test('a guard lets a write through at its version alone', async (t) => {
    const entry = await insert({ displayName: 'one' });
    t.same(refused(await amend(entry, { displayName: 'two' }, { version: 2 })), entry);
    t.same(refused(await amend(entry, { displayName: 'two' }, { version: 0 })), entry);
    written(await amend(entry, { displayName: 'two' }, { version: 1 }));
    t.equal((await find(entry.profile.userId)).profile.version, 2);
  });

  await t.test('a guard lets an amendment into one life alone', async (t) => {
    const first = await insert();
    const tombstone = await erase(first);
    const reborn = createEntry(tombstone.userId, {}, { source: 'person' }, later, tombstone);
    const entry = written(await store.put(reborn, tombstone));
    const { erasedAt } = tombstone;
    for (const guard of [{}, { erasedAt: start.toISOString() }]) {
      t.same(refused(await amend(entry, { givenName: 'Eve' }, guard)), entry, 'another life');
    }
    t.ok((await amend(entry, { givenName: 'Ada' }, { erasedAt })).written);
    const untouched = await insert();
    t.same(refused(await amend(untouched, { givenName: 'Ada' }, { erasedAt })), untouched);
    t.ok((await amend(untouched, { givenName: 'Ada' })).written, 'the first life is the default');
  });

  await t.test('amend sets and removes in place and raises the version by one', async (t) => {
    const entry = await insert({
      givenName: 'Ada',
      displayName: 'A',
      preferences: { keep: 1, drop: 2, inner: { keep: [1], change: 'x' } },
    });
    const patch = {
      givenName: null,
      displayName: 'B',
      preferences: { drop: null, inner: { change: 'y', add: true } },
    };
    const at = tick();
    const after = written(await amend(entry, patch, {}, at));
    t.same(await store.find(entry.profile.userId), after, 'the answer is what is kept');
    t.strictSame(after.profile, {
      userId: entry.profile.userId,
      displayName: 'B',
      preferences: { keep: 1, inner: { keep: [1], change: 'y', add: true } },
      createdAt: start.toISOString(),
      updatedAt: at.toISOString(),
      version: 2,
    });
    t.match(after.sources, { givenName: 'person', displayName: 'person', preferences: 'person' });
  });

  await t.test('amend is refused where it would change nothing', async (t) => {
    const entry = await insert({ displayName: 'A', preferences: { n: 1e21, s: '', t: true } });
    for (const patch of [
      { displayName: 'A' },
      { givenName: null },
      { preferences: { n: 1e21 } },
      { preferences: { s: '', t: true, absent: null } },
    ]) {
      t.same(refused(await amend(entry, patch)), entry, JSON.stringify(patch));
    }
    written(await amend(entry, { displayName: 'A', preferences: { s: 'x' } }));
  });

  await t.test('amend is refused where a parent is no object', async (t) => {
    const entry = await insert({
      preferences: { text: 'x', list: [{ a: 1 }], none: null as never },
    });
    for (const preferences of [
      { absent: { a: 1 } },
      { text: { a: 1 } },
      { list: { a: 1 } },
      { none: { a: 1 } },
      { absent: { a: null } },
      { text: { length: null } },
    ] as unknown as JsonObject[]) {
      t.same(refused(await amend(entry, { preferences })), entry, JSON.stringify(preferences));
    }
    const bare = await insert();
    t.same(refused(await amend(bare, { preferences: { a: 1 } })), bare);
  });

  await t.test('amend is refused where preferences might outgrow their bound', async (t) => {
    const entry = await insert({ preferences: { a: 'x'.repeat(maxBytes - 40) } });
    t.same(refused(await amend(entry, { preferences: { b: 'x'.repeat(60) } })), entry);
    written(await amend(entry, { preferences: { b: 'x' } }));
    const removed = written(await amend(entry, { preferences: { a: null } }));
    t.strictSame(removed.profile.preferences, { b: 'x' });
    const gone = written(await amend(entry, { preferences: null }));
    t.notOk('preferences' in gone.profile);
  });

  await t.test('amend is refused where it is not after the last write', async (t) => {
    const entry = await insert({ displayName: 'A' });
    const at = tick();
    const found = written(await amend(entry, { displayName: 'B' }, {}, at));
    t.equal(found.profile.updatedAt, at.toISOString());
    for (const late of [start, at]) {
      t.same(refused(await amend(entry, { displayName: 'C' }, {}, late)), found);
    }
    written(await amend(entry, { displayName: 'C' }));
  });

  await t.test('amend is refused where there is no live entry', async (t) => {
    t.equal(
      refused(await store.amend(randomUUID(), plan({ displayName: 'A' }), {}, later)),
      undefined,
    );
    const entry = await insert();
    const tombstone = await erase(entry);
    t.strictSame(refused(await amend(entry, { displayName: 'A' })), tombstone);
  });

  await t.test('paths may have any characters', async (t) => {
    const keys = ['a.b', 'a[0]', '#x', ':y', '😀', ' ', 'size', '"', "'", '\\', '`', '\u0000', '0'];
    const inner = Object.fromEntries(keys.map((key) => [key, { [key]: 0, kept: key }]));
    const entry = await insert({ preferences: inner });
    for (const key of keys) {
      const preferences = { [key]: { [key]: 1, [`${key}+`]: 'new' } };
      const { profile } = written(await amend(entry, { preferences }));
      t.strictSame(
        (profile.preferences as JsonObject)[key],
        { [key]: 1, kept: key, [`${key}+`]: 'new' },
        key,
      );
    }
    const { profile } = await find(entry.profile.userId);
    t.equal(profile.version, keys.length + 1);
  });

  await t.test('the longest amendments a patch can plan are taken', async (t) => {
    for (let depth = 2; depth <= 16; depth++) {
      let largest: ProfilePatch | undefined;
      for (let width = 1; width <= 30; width++) {
        const patch = { preferences: makeBranches(width, depth, 'x') };
        if (planAmendment(defaultSchema, patch, { source: 'person' })) largest = patch;
      }
      if (!largest) continue;
      const entry = await insert({ preferences: makeBranches(30, depth, 'y') });
      t.ok((await amend(entry, largest)).written, `depth ${depth}`);
    }
  });
}

/** An object with `width` paths of `depth` parts, all of them apart from the first key on. */
function makeBranches(width: number, depth: number, leaf: string): JsonObject {
  const branch = (level: number): JsonObject =>
    level === 1 ? { k: leaf } : { [`k${level}`]: branch(level - 1) };
  const keys = Array.from({ length: width }, (_, n) => `branch${n}`);
  return Object.fromEntries(keys.map((key) => [key, depth === 2 ? leaf : branch(depth - 2)]));
}
