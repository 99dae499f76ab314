import { availableParallelism, loadavg } from 'node:os';
import type { Test } from 'tap';

const probeMs = 300;
/** A core that is left to this process gives it all of its time; one that is shared, a half or less. */
export const leastShare = 0.8;

/**
 * The share of a core that this process gets when it asks for all of it, now and on average of the
 * last minute: 1 where nothing else runs.
 */
export function measureShare(): number {
  const began = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - began < probeMs);
  const { user, system } = process.cpuUsage(before);
  const now = (user + system) / 1000 / (performance.now() - began);
  // 0 on Windows, which keeps no such average.
  const [load = 0] = loadavg();
  return Math.min(now, availableParallelism() / Math.max(load, 1e-3), 1);
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

/** A bound on time, with the slack that a machine with nothing else to do needs. */
export function judgeTime(t: Test, tookMs: number, boundMs: number, what: string): void {
  const holds = tookMs <= boundMs;
  const share = holds ? 1 : measureShare();
  judge(t, holds, share, `${what}: ${Math.round(tookMs)} of ${boundMs} ms`);
}
