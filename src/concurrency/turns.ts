import { waitFor } from './wait-for.ts';
import type { WorkSignal } from './work-signal.ts';

/**
 * Work on one thing, one piece after the other: compare-and-set loops of this process do not
 * compete with each other, only with other tasks. Who gives up waiting loses their turn.
 * Who waited knows that what they read before is old.
 */
export function createTurns() {
  const last = new Map<string, Promise<void>>();

  function take<Result>(
    key: string,
    work: (waited: boolean) => Promise<Result>,
    signal?: WorkSignal,
  ): Promise<Result> {
    const before = last.get(key);
    const turn = (before ?? Promise.resolve()).then(() => {
      signal?.throwIfAborted();
      return work(before !== undefined);
    });
    const end: Promise<void> = turn.then(
      () => leave(key, end),
      () => leave(key, end),
    );
    last.set(key, end);
    if (!signal) return turn;
    return waitFor(turn, signal);
  }

  function leave(key: string, end: Promise<void>): void {
    if (last.get(key) === end) last.delete(key);
  }

  return { take };
}
