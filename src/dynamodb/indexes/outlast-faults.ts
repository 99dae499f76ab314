import { setTimeout as sleep } from 'node:timers/promises';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

/** So many calls in a row may fail, each after the client's own attempts: an index takes hours. */
const maxFaults = 5;
const pauseMs = 1_000;

/** How a command waits for DynamoDB. */
export interface Waiting {
  /** Ends the waiting; what DynamoDB has begun goes on. */
  readonly signal: AbortSignal;
  /** What the next moments are spent on, as the object of "waiting for". */
  readonly onWait: (what: string) => void;
}

/** Asks again where DynamoDB, or the way there, had a fault; what it refuses is thrown at once. */
export async function outlastFaults<T>(
  { signal, onWait }: Waiting,
  call: () => Promise<T>,
): Promise<T> {
  for (let faults = 1; ; faults++) {
    try {
      return await call();
    } catch (error) {
      if (!mayPass(error) || faults >= maxFaults) throw error;
      onWait(`DynamoDB to answer again after ${(error as Error).name}`);
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

function mayPass(error: unknown): boolean {
  const fault = error as Parameters<typeof isServerError>[0];
  return isServerError(fault) || isThrottlingError(fault) || isTransientError(fault);
}
