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

export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await abortable(elapsed, signal).finally(() => clearTimeout(timer));
}
