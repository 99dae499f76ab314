import type { WorkSignal } from './work-signal.ts';
/** Runs at most `max` pieces of work at a time; the others wait their turn in order. */
export function createLimit(max: number) {
  const waiting = new Set<() => void>();
  let underway = 0;

  /** @throws the signal's reason, when it ends before the turn comes. */
  function waitForTurn(signal: WorkSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(start);
        reject(signal?.reason);
      };
      const start = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      waiting.add(start);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  return async function run<Result>(
    work: () => Promise<Result>,
    signal?: WorkSignal,
  ): Promise<Result> {
    signal?.throwIfAborted();
    if (underway >= max) await waitForTurn(signal);
    else underway++;
    try {
      return await work();
    } finally {
      // The place goes straight to the one who waits longest.
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else underway--;
    }
  };
}
