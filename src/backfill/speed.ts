const windowMs = 15_000;

/** Users a second over the last quarter of a minute, from samples of a count that rises. */
export function createSpeed(now: () => number = () => performance.now()) {
  const samples: { at: number; count: number }[] = [];

  return function measure(count: number): number {
    const at = now();
    // A walk that began again counts from the beginning.
    if (count < (samples.at(-1)?.count ?? 0)) samples.length = 0;
    samples.push({ at, count });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= windowMs) samples.shift();
    const [first] = samples;
    if (!first || at <= first.at) return 0;
    return ((count - first.count) / (at - first.at)) * 1000;
  };
}
