import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from './wait-for.ts';
import type { WorkSignal } from './work-signal.ts';

export interface BackOff {
  /** Milliseconds to wait after the `attempt`th failure in a row, counted from 1. */
  pauseMs(attempt: number): number;
  /** @throws the signal's reason, as soon as it ends. */
  wait(attempt: number, signal?: WorkSignal): Promise<void>;
}

/**
 * Pauses between attempts: their bound starts at `firstMs` and doubles up to `longestMs`, and each
 * is drawn at random below it, so that callers that failed together do not come back together.
 * Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function createBackOff({
  firstMs,
  longestMs,
}: {
  firstMs: number;
  longestMs: number;
}): BackOff {
  const pauseMs = (attempt: number) =>
    Math.random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return {
    pauseMs,
    wait: (attempt, signal) => pause(pauseMs(attempt), signal),
  };
}

/** @throws the signal's reason, as soon as it ends. */
export async function pause(ms: number, signal?: WorkSignal): Promise<void> {
  const cancel = new AbortController();
  try {
    await waitFor(sleep(ms, undefined, { signal: cancel.signal }), signal);
  } finally {
    cancel.abort();
  }
}
