/**
 * CPU time of one request, µs, by how many a task is asked for each second: with few under way it
 * shares neither its turn of the loop, nor its call to the table, nor what is in the processor's
 * caches, which others fill while a task sleeps. Careful figures, a little above what the benchmark measured at these rates
 * (bench/results/rates.json); a test holds them to it.
 */
export const cpuByRate: readonly (readonly [perSecond: number, micros: number])[] = [
  [100, 2_000],
  [400, 850],
  [1_600, 400],
];

/** Between two measured rates by their logarithms; outside of them the nearest. µs. */
export function cpuOfRequest(perSecond: number): number {
  const above = cpuByRate.findIndex(([rate]) => rate >= perSecond);
  const [high = [0, 0], low = [0, 0]] = [cpuByRate.at(above), cpuByRate.at(above - 1)];
  if (above <= 0) return high[1];
  const share = Math.log(perSecond / low[0]) / Math.log(high[0] / low[0]);
  return low[1] * (high[1] / low[1]) ** share;
}

/** How much of a vCPU so many requests a second take. */
export function vcpuFor(perSecond: number): number {
  return (perSecond * cpuOfRequest(perSecond)) / 1e6;
}

/** Requests a second that a share of a vCPU is enough for. */
export function rateWithin(vcpu: number): number {
  let [low, high] = [0, 1e6];
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (vcpuFor(middle) <= vcpu) low = middle;
    else high = middle;
  }
  return low;
}
