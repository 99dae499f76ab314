import { longestWait } from './abort.ts';

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retries: number;
  /** Milliseconds; a longer wait is an error at once, for the caller to decide. */
  readonly maxWait: number;
}

const firstWait = 250;

/**
 * How long to wait before another try, in milliseconds; undefined where there is to be none.
 * Only 429 and 503 are tried again. Never earlier than `Retry-After` says, and never all at once.
 */
export function planRetry(
  response: Response,
  tries: number,
  { retries, maxWait }: RetryPolicy,
): number | undefined {
  const { status, headers } = response;
  if ((status !== 429 && status !== 503) || tries > retries) return undefined;
  const asked = readRetryAfter(headers.get('retry-after'));
  const wait = asked === undefined ? firstWait * 2 ** (tries - 1) : asked;
  const limit = Math.min(maxWait, longestWait);
  if (wait > limit) return undefined;
  return Math.min(limit, wait + Math.random() * Math.max(firstWait, wait / 4));
}

/** Seconds or a date (RFC 9110, section 10.2.3), as milliseconds from now. */
export function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
