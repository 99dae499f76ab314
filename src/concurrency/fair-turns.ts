export interface FairTurnsOptions {
  /** Turns given at once, and how long after the last ones: together the most in a second. */
  readonly perTick: number;
  readonly tickMs: number;
  readonly maxWaitingPerKey: number;
  readonly maxWaiting: number;
}

/**
 * Gives turns at a bounded rate and goes round the keys, so that a key with many waiting holds up
 * itself and no other.
 */
export function createFairTurns(options: FairTurnsOptions) {
  const { perTick, tickMs, maxWaitingPerKey, maxWaiting } = options;
  const queues = new Map<string, (() => void)[]>();
  let waiting = 0;
  let ticking: NodeJS.Timeout | undefined;

  function giveTurns(): void {
    for (let given = 0; given < perTick && waiting > 0; given++) {
      const [[key, queue] = []] = queues;
      if (key === undefined || queue === undefined) break;
      queue.shift()?.();
      waiting--;
      // To the end of the round, if there is more.
      queues.delete(key);
      if (queue.length > 0) queues.set(key, queue);
    }
    if (waiting > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }

  return {
    /** A turn, or undefined where too many wait for one already. */
    take(key: string): Promise<void> | undefined {
      const queue = queues.get(key) ?? [];
      if (queue.length >= maxWaitingPerKey || waiting >= maxWaiting) return undefined;
      waiting++;
      queues.set(key, queue);
      ticking ??= setInterval(giveTurns, tickMs).unref();
      return new Promise((resolve) => queue.push(resolve));
    },
  };
}
