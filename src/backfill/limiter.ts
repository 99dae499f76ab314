/** Lets at most `max` pieces of work run at once; the rest wait in order. */
export function createLimiter(max: number) {
  const waiting: (() => void)[] = [];
  let free = max;

  return async function run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
