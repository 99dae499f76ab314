/** The promise, or the signal's reason as soon as it is aborted. */
export function abortable<T>(promise: T | Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // React Native's signals carry no reason, and it has no DOMException.
    const abort = () => reject(signal?.reason ?? createError('AbortError', 'Aborted'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', abort));
  });
}

export const createError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });

/** 24 days, in milliseconds; timers that are given more fire at once. */
export const longestWait = 2 ** 31 - 1;

/** As long as it is told, or the longest that can be. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, longestWait));
  });
  await abortable(elapsed, signal).finally(() => clearTimeout(timer));
}
