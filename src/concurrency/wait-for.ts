import type { WorkSignal } from './work-signal.ts';
/** The outcome of work that may outlive the request, or the end of the request's own time. */
export async function waitFor<Value>(
  work: Promise<Value>,
  signal: WorkSignal | undefined,
): Promise<Value> {
  if (!signal) return work;
  let leave = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
  });
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
