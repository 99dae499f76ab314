import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { createEntry } from '../../../src/profiles/revision.ts';
import { Refusal } from '../../../src/refusal.ts';
import { createHand, later, makeTombstone, plan, revise, start, unavailable } from './entries.ts';
import type { Place } from './places.ts';

/** A store that can't be reached, and callers who don't wait any longer. */
export async function testOutages(t: Test, place: Place): Promise<void> {
  const { insert } = createHand(place.connect(t));

  await t.test("a store that can't answer says so", async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    wire.cut();
    const entry = createEntry(randomUUID(), { displayName: 'A' }, { source: 'person' }, start);
    await t.rejects(behind.find('a'), unavailable);
    await t.rejects(behind.findMany(['a']), unavailable);
    await t.rejects(behind.findSome(['a']), unavailable);
    await t.rejects(behind.put(entry), unavailable);
    await t.rejects(behind.put(revise(entry, { displayName: 'B' }), entry), unavailable);
    await t.rejects(behind.amend('a', plan({ displayName: 'B' }), {}, later), unavailable);
    await t.rejects(behind.put(makeTombstone('a', 1)), unavailable);
    await t.rejects(behind.noteIdentity('a', 1), unavailable);
    await t.rejects(behind.findIds('email', 'a@example.com'), unavailable);
    await t.rejects(behind.list(10), unavailable);
  });

  await t.test('an aborted call ends with the reason it was given', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert();
    const reason = new Refusal('DEADLINE_EXCEEDED', 'enough');
    for (const call of [
      (signal: AbortSignal): Promise<unknown> => behind.find(entry.profile.userId, signal),
      (signal: AbortSignal) => behind.findMany([entry.profile.userId], signal),
      (signal: AbortSignal) =>
        behind.amend(entry.profile.userId, plan({ displayName: 'B' }), {}, later, signal),
      (signal: AbortSignal) => behind.list(1, undefined, signal),
    ]) {
      const controller = new AbortController();
      wire.onAttempt(() => controller.abort(reason));
      await t.rejects(call(controller.signal), { code: 'DEADLINE_EXCEEDED' });
    }
  });
}
