/** Runs `work` for 0 to count - 1, at most `width` at a time, and keeps the order of the results. */
export async function inParallel<Result>(
  count: number,
  width: number,
  work: (n: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
  return results;
}
