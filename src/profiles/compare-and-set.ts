import { createBackOff } from '../concurrency/back-off.ts';
import { createTurns } from '../concurrency/turns.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import type { ProfileStore, WriteResult } from './profile-store.ts';
import type { Entry } from './record.ts';

/** One that loses this often in a row gives up: the profile is being hammered. */
const maxAttempts = 15;
/** The first ones go on at once with what beat them; the others let a burst pass and read again. */
const promptAttempts = 4;
const backOff = createBackOff({ firstMs: 5, longestMs: 100 });

export interface CompareAndSetOptions {
  /** What was met a moment ago, which spares a read. */
  readonly met?: { readonly current: Entry | undefined } | undefined;
  readonly signal?: WorkSignal | undefined;
}

/** Reads, decides and writes until nobody came in between. */
export function createCompareAndSet(store: ProfileStore) {
  const turns = createTurns();

  /**
   * Tries `write` on what is there, then on what came in between, one caller of a profile after
   * the other. It is told how often it was tried before, and throws what it refuses.
   * @throws {Refusal} WRITE_CONTENTION
   */
  return function compareAndSet<Written extends Entry>(
    userId: string,
    write: (current: Entry | undefined, losses: number) => Promise<WriteResult<Written>>,
    { met, signal }: CompareAndSetOptions,
  ): Promise<Written> {
    const work = async (waited: boolean) => {
      let current = met && !waited ? met.current : await store.find(userId, signal);
      for (let losses = 0; losses < maxAttempts; losses++) {
        const result = await write(current, losses);
        if (!('current' in result)) return result.written;
        current = result.current;
        const patience = losses + 2 - promptAttempts;
        if (patience < 1) continue;
        // What was found grows old in the pause, and a write on it would only lose again.
        await backOff.wait(patience, signal);
        current = await store.find(userId, signal);
      }
      throw contention();
    };
    return turns.take(userId, work, signal);
  };
}

function contention(): Refusal {
  return new Refusal('WRITE_CONTENTION', 'Too many writes of this profile at the same time.', {
    retryAfterSeconds: 1,
  });
}
