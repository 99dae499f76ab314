import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

export interface SimulatedClock extends Clock {
  /** Lets `ms` pass: runs every timer that falls due, each at its time, and what it sets off. */
  advance(ms: number): Promise<void>;
  /** Lets `ms` pass at once, running nothing. */
  skip(ms: number): void;
}

/** Time under the test's control. The network stays real, so every timer gets a moment for it. */
export function createSimulatedClock(start = Date.now(), settleTurns = 20): SimulatedClock {
  let now = start;
  const timers = new Set<{ at: number; work: () => void }>();

  return {
    now: () => now,
    after(ms, work) {
      const timer = { at: now + ms, work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.work();
        // By turns of the loop: a process that was held up has done nothing in the time between.
        for (let turn = 0; turn < settleTurns; turn++) await sleep(1);
      }
      now = until;
    },
    skip(ms) {
      now += ms;
    },
  };
}
