/**
 * Ends work nobody waits for any more. An AbortSignal is one; a request's own signal promises only
 * this much, so it can't be given to `AbortSignal.any` or `fetch`, which need what it lacks.
 */
export interface WorkSignal {
  readonly aborted: boolean;
  /** Why the work ends; undefined while it may go on. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The same end for what takes nothing but a real AbortSignal, such as `fetch`. */
export function toAbortSignal(signal: WorkSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  const end = () => controller.abort(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return controller.signal;
}
