/** Milliseconds between two looks. */
const pace = 500;

/**
 * Calls when the shell that npm started this process in is gone: npm passes a signal on to the
 * shell, and most shells don't pass it on.
 */
export function onceOrphaned(call: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    call();
  }, pace);
  timer.unref();
}
