import { createTicker } from './ticker.ts';

export interface FairTurnsOptions {
  /** Turns given at once, and how long after the last ones: together the most in a second. */
  readonly perTick: number;
  readonly tickMs: number;
  readonly maxWaiting: number;
}

type Queue = ((isGiven: boolean) => void)[];

/**
 * Gives turns at a bounded rate and goes round the keys, so that a key with many waiting holds up
 * itself and no other. Where too many wait, the longest queue makes room for a shorter one.
 */
export function createFairTurns({ perTick, tickMs, maxWaiting }: FairTurnsOptions) {
  const queues = new Map<string, Queue>();
  let waiting = 0;
  const ticking = createTicker(tickMs, giveTurns);

  function giveTurns(): boolean {
    for (let given = 0; given < perTick && waiting > 0; given++) {
      const [[key, queue] = []] = queues;
      if (key === undefined || queue === undefined) break;
      queue.shift()?.(true);
      waiting--;
      // To the end of the round, if there is more.
      queues.delete(key);
      if (queue.length > 0) queues.set(key, queue);
    }
    return waiting > 0;
  }

  /** Whether there is room for one more in a queue of this length. */
  function makeRoom(length: number): boolean {
    if (waiting < maxWaiting) return true;
    let longest: Queue = [];
    for (const queue of queues.values()) if (queue.length > longest.length) longest = queue;
    if (longest.length <= length + 1) return false;
    longest.pop()?.(false);
    waiting--;
    return true;
  }

  return {
    /** True when it is this one's turn; false where it has to go, as too many wait. */
    async take(key: string): Promise<boolean> {
      const queue = queues.get(key) ?? [];
      if (!makeRoom(queue.length)) return false;
      waiting++;
      queues.set(key, queue);
      ticking.start();
      return new Promise((resolve) => queue.push(resolve));
    },
  };
}
