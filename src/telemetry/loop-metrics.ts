import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** How often the event loop is looked at. Each look wakes a task that has nothing to do. */
const resolutionMs = 500;
/** prom-client's own monitor can't be left out, so it is told to look this seldom. */
const neverMs = 3_600_000;

/** By prom-client's names: what each tells of the times between two looks, nanoseconds. */
const statistics: Record<string, (looks: IntervalHistogram) => number> = {
  min: ({ min }) => withoutPause(min),
  max: ({ max }) => withoutPause(max),
  mean: ({ mean }) => withoutPause(mean),
  stddev: ({ stddev }) => stddev,
  p50: (looks) => withoutPause(looks.percentile(50)),
  p90: (looks) => withoutPause(looks.percentile(90)),
  p99: (looks) => withoutPause(looks.percentile(99)),
};

/**
 * Node's own metrics, the delay of the event loop measured anew: prom-client looks every 10 ms,
 * which cost an idle task more than all else, and counts those 10 ms as delay. Returns what
 * turns the looking on and off: while nobody asks, nobody is delayed.
 */
export function collectNodeMetrics(register: Registry): (isWatched: boolean) => void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: neverMs });
  const looks = monitorEventLoopDelay({ resolution: resolutionMs });
  let isWatched = false;

  const gauges = new Map<string, Gauge>();
  const collect = () => {
    // Two scrapes at once: the second has seen nothing, and leaves what the first one found.
    if (looks.count === 0 && isWatched) return;
    for (const [name, gauge] of gauges) {
      gauge.set(looks.count === 0 ? 0 : (statistics[name]?.(looks) ?? 0) / 1e9);
    }
    looks.reset();
  };
  for (const statistic of Object.keys(statistics)) {
    const name = `nodejs_eventloop_lag_${statistic}_seconds`;
    register.removeSingleMetric(name);
    const help = `Delay of the event loop since the last scrape: ${statistic}.`;
    // The first one's asks for all, as they are about the same looks.
    const asks = gauges.size === 0 && { collect };
    gauges.set(statistic, new Gauge({ name, help, registers: [register], ...asks }));
  }
  return (isWatchedNow) => {
    isWatched = isWatchedNow;
    if (isWatched) looks.enable();
    else looks.disable();
  };
}

function withoutPause(nanoseconds: number): number {
  return Math.max(0, nanoseconds - resolutionMs * 1e6);
}
