import { setTimeout as sleep } from 'node:timers/promises';

export type Pace = ReturnType<typeof createPace>;

/** Below this share of the rate asked for, slowing down further helps nobody. */
const smallestShare = 1 / 64;
const recoveryShare = 1 / 50;

/**
 * A token bucket that gives way: throttling halves its rate, every call that went well gives a
 * fiftieth of the rate asked for back. It holds half a second's tokens, so that a stall is
 * caught up with and no burst stands out.
 */
export function createPace(rate: number) {
  const capacity = Math.max(1, rate / 2);
  let perSecond = rate;
  let tokens = 1;
  let countedAt = performance.now();

  function count(): void {
    const now = performance.now();
    tokens = Math.min(capacity, tokens + ((now - countedAt) / 1000) * perSecond);
    countedAt = now;
  }

  return {
    /** Waits for its turn. */
    async take(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      count();
      tokens -= 1;
      if (tokens < 0) await sleep((-tokens / perSecond) * 1000, undefined, { signal });
    },
    slowDown(): void {
      count();
      tokens = Math.min(tokens, 0);
      perSecond = Math.max(rate * smallestShare, perSecond / 2);
    },
    speedUp(): void {
      count();
      perSecond = Math.min(rate, perSecond + rate * recoveryShare);
    },
    /** Calls a second right now. */
    current: () => perSecond,
  };
}
