import type { Test } from 'tap';

const probeMs = 300;
/** A core that is left to this process gives it all of its time; one that is shared, a half or less. */
const leastShare = 0.8;

/** The share of a core that this process gets when it asks for all of it: 1 where nothing else runs. */
export function measureShare(): number {
  const began = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - began < probeMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - began);
}

/**
 * A verdict that a busy machine can falsify. It passes where it holds; where it doesn't, it fails
 * only if the machine had time for the test (`share`, the least that was measured around it), and
 * is skipped with the reason otherwise.
 */
export function judge(t: Test, holds: boolean, share: number, what: string): void {
  const isJudged = holds || share >= leastShare;
  const reason = `not judged: the machine is too busy (${Math.round(share * 100)}% of a core)`;
  t.ok(holds, what, isJudged ? {} : { skip: reason });
}
