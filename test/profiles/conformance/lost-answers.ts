import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { ProfileStore, WriteResult } from '../../../src/profiles/profile-store.ts';
import type { Entry, LiveEntry, ProfilePatch } from '../../../src/profiles/record.ts';
import { createEntry, createTombstone } from '../../../src/profiles/revision.ts';
import { createHand, idOf, plan, refused, start, unavailable, written } from './entries.ts';
import { ahead, bury, createOthers, reviseAsService } from './others.ts';
import type { Place } from './places.ts';

/** Writes whose answers are lost, or which are lost on their way. */
export async function testLostAnswers(t: Test, place: Place): Promise<void> {
  const store = place.connect(t);
  const { insert, find } = createHand(store);
  const { follow, followOften } = createOthers(store);

  for (const others of [0, 1, 7]) {
    const behindOthers = others === 0 ? '' : `, ${others} other writes behind it`;

    await t.test(`T35 a put whose answer was lost${behindOthers}: once, and told so`, async (t) => {
      const { store: behind, wire } = await place.connectBehind(t);
      const lose = async (next: LiveEntry, over?: Entry) => {
        wire.loseAnswer(() => followOften(idOf(next), others));
        const result = written(await behind.put(next, over));
        t.strictSame(result.profile, next.profile, 'answered with what it was');
        const entry = await find(idOf(next));
        t.equal(entry.profile.version, next.profile.version + others, 'applied once');
        t.equal(entry.profile.displayName, next.profile.displayName);
        return entry;
      };
      const author = { source: 'service' } as const;
      const created = createEntry(randomUUID(), { displayName: 'one' }, author, start);
      const first = await lose(created);
      const replaced = await lose(reviseAsService(first, { displayName: 'two' }), first);
      const tombstone = written(await store.put(bury(replaced), replaced));
      await lose(createEntry(tombstone.userId, {}, author, start, tombstone), tombstone);
      t.equal(wire.arrived, 6, 'each was sent again');
    });

    await t.test(`T35 an amendment whose answer was lost${behindOthers}: once`, async (t) => {
      const { store: behind, wire } = await place.connectBehind(t);
      for (const version of [undefined, 1]) {
        const entry = await insert({ displayName: 'zero' });
        wire.loseAnswer(() => followOften(idOf(entry), others));
        const amendment = plan({ displayName: 'one' });
        const result = await behind.amend(idOf(entry), amendment, { version }, ahead);
        t.match(written(result).profile, { displayName: 'one', version: 2 + others });
        t.same(await find(idOf(entry)), written(result), 'applied once, and nothing undone');
      }
    });

    await t.test(`T35 an erasure whose answer was lost${behindOthers}: once`, async (t) => {
      const { store: behind, wire } = await place.connectBehind(t);
      const entry = await insert({ displayName: 'first life' });
      const userId = idOf(entry);
      wire.loseAnswer(() => (others === 0 ? Promise.resolve() : beginAnew(store, userId, others)));
      t.equal(written(await behind.put(bury(entry), entry)).version, 2);
      const found = await store.find(userId);
      t.equal(found?.kind, others === 0 ? 'tombstone' : 'live', 'the new life stays');
      // Where no profile is, or an older tombstone, an erasure leaves another one.
      const absent = randomUUID();
      wire.loseAnswer();
      const mark = createTombstone(absent, undefined, { now: start }, 90);
      const first = written(await behind.put(mark));
      wire.loseAnswer();
      const second = written(await behind.put(bury(first), first));
      t.strictSame(await store.find(absent), second);
      t.equal(second.version, 2);
    });
  }

  await t.test('a put of unknown outcome, put again under its token: the same write', async (t) => {
    const author = { source: 'backfill' } as const;
    for (const isLost of [false, true]) {
      const { store: behind, wire } = await place.connectBehind(t);
      const created = createEntry(randomUUID(), { displayName: 'one' }, author, start);
      const token = {};
      if (isLost) wire.loseAttempt();
      else wire.loseAnswer();
      wire.cut();
      await t.rejects(behind.put(created, undefined, undefined, token), unavailable);
      const result = written(await store.put(created, undefined, undefined, token));
      t.strictSame(result.profile, created.profile);
      t.equal((await find(idOf(created))).profile.version, 1, 'applied once');
      t.equal(refused(await store.put(created))?.kind, 'live', 'without it, it is another');
    }
  });

  await t.test('a write that was lost on its way is refused for certain', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert({ displayName: 'zero' });
    const userId = idOf(entry);
    const lose = async (write: () => Promise<WriteResult>, patch: ProfilePatch) => {
      // The other write comes first: what was lost never arrives.
      const followed = await follow(userId, patch);
      wire.loseAttempt();
      t.same(refused(await write()), followed);
    };
    const amendment = plan({ displayName: 'one' });
    const revised = reviseAsService(entry, { displayName: 'one' });
    const created = createEntry(userId, {}, { source: 'service' }, start);
    await lose(() => behind.amend(userId, amendment, {}, start), { givenName: 'a' });
    await lose(() => behind.amend(userId, amendment, { version: 1 }, ahead), { givenName: 'b' });
    await lose(() => behind.put(revised, entry), { givenName: 'c' });
    await lose(() => behind.put(created), { givenName: 'd' });
    t.match((await find(userId)).profile, { displayName: 'zero', givenName: 'd', version: 5 });
  });

  async function beginAnew(store: ProfileStore, userId: string, times: number): Promise<void> {
    const tombstone = await store.find(userId);
    if (tombstone?.kind !== 'tombstone') throw new Error('It is not erased');
    const reborn = createEntry(userId, {}, { source: 'person' }, start, tombstone);
    written(await store.put(reborn, tombstone));
    await followOften(userId, times - 1);
  }
}
