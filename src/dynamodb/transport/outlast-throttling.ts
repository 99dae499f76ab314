import { createBackOff } from '../../concurrency/back-off.ts';
import type { Pace } from '../../concurrency/pace.ts';
import { isThrottling } from './dynamodb-errors.ts';

/** About a minute, besides the attempts that the client makes itself. */
const maxAttempts = 10;
const backOff = createBackOff({ firstMs: 200, longestMs: 15_000 });

/** Repeats a call, more slowly, while the table is throttled: users go first. */
export async function outlastThrottling<Result>(
  call: () => Promise<Result>,
  pace: Pace,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await call();
      pace.speedUp();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!isThrottling(error) || attempt === maxAttempts) throw error;
      pace.slowDown();
      await backOff.wait(attempt, signal);
    }
  }
}
