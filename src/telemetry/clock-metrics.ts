import { Gauge, type Registry } from 'prom-client';

/** A clock that is put right by what others say the time is. */
interface WatchedClock {
  skewSeconds(source: 'cognito' | 'dynamodb'): number | undefined;
  correctionSeconds(): number;
}

/** Returns what hands over the clock once it is there. */
export function createClockMetrics(registers: Registry[]): (watched: WatchedClock) => void {
  let clock: WatchedClock | undefined;
  new Gauge({
    name: 'clock_skew_seconds',
    help: 'How far a source of time is ahead of this clock; absent until it has answered.',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      for (const source of ['cognito', 'dynamodb'] as const) {
        const skew = clock?.skewSeconds(source);
        if (skew !== undefined) this.set({ source }, skew);
      }
    },
  });
  new Gauge({
    name: 'clock_correction_seconds',
    help: 'What is added to this clock, because two sources agree that it is off.',
    registers,
    collect() {
      this.set(clock?.correctionSeconds() ?? 0);
    },
  });

  return (watched) => {
    clock = watched;
  };
}
