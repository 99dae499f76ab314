import type { WorkSignal } from './work-signal.ts';

/**
 * Work with a real AbortSignal that ends it after `ms`, or with `signal`. Not `AbortSignal.any`:
 * where nothing else holds its sources, the collector takes them and it never fires
 * (https://github.com/nodejs/node/issues/57736), so what hangs would hang for ever.
 */
export async function within<Result>(
  ms: number,
  signal: WorkSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const leave = () => controller.abort(signal.reason);
  const expire = () => controller.abort(new Error(`There was no answer within ${ms} ms`));
  const timer = setTimeout(expire, ms);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
