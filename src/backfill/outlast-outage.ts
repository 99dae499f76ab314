import { createBackOff } from '../concurrency/back-off.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';

/** The table did not answer for so long, or in such a way, that going on makes no sense. */
export class TableUnavailable extends Error {}

const maxAttempts = 12;
const backOff = createBackOff({ firstMs: 200, longestMs: 10_000 });

/** Errors of the table that waiting does not mend. */
const lasting = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
]);

/**
 * Repeats a call of the store while the table can't answer, for about a minute: a run of hours
 * should outlive a throttled minute. Every write here is conditional, so repeating one is safe.
 * @throws {TableUnavailable} @throws the signal's reason
 */
export async function outlastOutage<Result>(
  call: () => Promise<Result>,
  onRetry: (reason: string) => void,
  signal?: WorkSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Refusal) || error.code !== 'STORE_UNAVAILABLE') throw error;
      const cause = error.cause as Error | undefined;
      if (attempt === maxAttempts || (cause && lasting.has(cause.name))) {
        const reason = cause ? `${cause.name}: ${cause.message}` : error.message;
        throw new TableUnavailable(`the table can't be reached: ${reason}`, { cause: error });
      }
      onRetry(cause?.name ?? error.code);
      await backOff.wait(attempt, signal);
    }
  }
}
