import type { Test } from 'tap';
import type {
  Entry,
  LiveEntry,
  ProfileFields,
  ProfilePatch,
} from '../../../src/profiles/record.ts';
import { createEntry } from '../../../src/profiles/revision.ts';
import { createHand, idOf, plan, refused, start, unavailable, written } from './entries.ts';
import { ahead, bury, createOthers, reviseAsService } from './others.ts';
import type { Place } from './places.ts';

/** Attempts that arrive when their write was answered long ago, or not at all. */
export async function testLateAttempts(t: Test, place: Place): Promise<void> {
  const store = place.connect(t);
  const { insert, find } = createHand(store);
  const { follow, followOften } = createOthers(store);

  await t.test('a late attempt of an amendment that was applied is refused', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert();
    const late = wire.delayAttempt();
    written(await behind.amend(idOf(entry), plan({ displayName: 'one' }), {}, ahead));
    await follow(idOf(entry), { displayName: 'two' });
    await followOften(idOf(entry), 12);
    const before = await find(idOf(entry));
    t.ok((await late.arrive()).refused);
    t.same(await find(idOf(entry)), before);
  });

  await t.test('a late attempt of an amendment that was refused stays refused', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    for (const [patch, fields] of [
      [{ displayName: 'same' }, { displayName: 'same' }],
      [{ preferences: { a: { b: 1 } } }, { preferences: { a: 'text' } }],
    ] as [ProfilePatch, ProfileFields][]) {
      const entry = await insert(fields);
      const late = wire.delayAttempt();
      const met = refused(await behind.amend(idOf(entry), plan(patch), {}, ahead));
      t.match(met, { profile: entry.profile });
      const other = { displayName: 'two', preferences: { a: {} } };
      const after = written(await store.put(reviseAsService(met as LiveEntry, other), met));
      t.ok((await late.arrive()).refused);
      t.same(await find(idOf(entry)), after);
    }
  });

  await t.test('a late attempt does not reach into the next life', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    for (const name of ['amend', 'put', 'erase'] as const) {
      const entry = await insert();
      const userId = idOf(entry);
      const late = wire.delayAttempt();
      const attempt: Promise<unknown> = {
        amend: () => behind.amend(userId, plan({ displayName: 'erased' }), {}, ahead),
        put: () => behind.put(reviseAsService(entry, { displayName: 'erased' }), entry),
        erase: () => behind.put(bury(entry), entry),
      }[name]();
      await attempt;
      const last = (await store.find(userId)) as Entry;
      const tombstone =
        last.kind === 'tombstone' ? last : written(await store.put(bury(last), last));
      const reborn = createEntry(userId, {}, { source: 'person' }, start, tombstone);
      const fresh = written(await store.put(reborn, tombstone));
      t.ok((await late.arrive()).refused, name);
      t.same(await store.find(userId), fresh);
    }
  });

  await t.test('an amendment none of whose attempts was answered never revives', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert();
    const userId = idOf(entry);
    const late = wire.delayAttempt();
    wire.cut();
    const amendment = plan({ displayName: 'erased' });
    await t.rejects(behind.amend(userId, amendment, {}, ahead), unavailable);
    const tombstone = written(await store.put(bury(entry), entry));
    const reborn = createEntry(userId, {}, { source: 'person' }, start, tombstone);
    const fresh = written(await store.put(reborn, tombstone));
    t.ok((await late.arrive()).refused);
    t.same(await store.find(userId), fresh);
  });
}
