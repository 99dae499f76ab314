/**
 * Ends work nobody waits for any more. An AbortSignal is one; a request's own signal promises only
 * this much, so it can't be given to `fetch`, which needs what it lacks: see `within`.
 */
export interface WorkSignal {
  readonly aborted: boolean;
  /** Why the work ends; undefined while it may go on. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
