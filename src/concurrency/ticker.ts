export interface Ticker {
  /** From now on, unless it ticks already. */
  start(): void;
  stop(): void;
}

/**
 * Ticks until a tick answers that there is nothing more to do, so that a task without work sleeps.
 * It keeps no process alive.
 */
export function createTicker(everyMs: number, tick: () => boolean): Ticker {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const tickOn = () => {
    if (!tick()) stop();
  };
  const start = () => {
    timer ??= setInterval(tickOn, everyMs).unref();
  };
  return { start, stop };
}
