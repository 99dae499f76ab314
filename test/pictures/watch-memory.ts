import { readFileSync } from 'node:fs';
import type { Teardown } from '../helper/teardown.ts';

const everyMs = 8;
/** Telling what is shared walks all pages, at a cost of its own: only near the most that was seen. */
const nearMost = 0.9;

/**
 * The resident memory of a process and its children together, looked at all the time. A page that
 * two of them share, as of Node's own code, counts once, as a container's limit counts it. Linux.
 */
export function watchMemory(t: Teardown, pid: number) {
  const seen = new Set<string>();
  let [most, peak, ownAtPeak] = [0, 0, 0];
  const watching = setInterval(() => {
    const children = listChildren(pid);
    for (const child of children) seen.add(child);
    const all = [String(pid), ...children].reduce((sum, id) => sum + countPages(id), 0);
    if (all < most * nearMost) return;
    most = Math.max(most, all);
    const own = readResident(String(pid));
    const bytes = children.reduce((sum, id) => sum + readResident(id), own);
    if (bytes > peak) [peak, ownAtPeak] = [bytes, own];
  }, everyMs);
  t.teardown(() => clearInterval(watching));
  return {
    read: () => ({ peakMb: peak / 2 ** 20, ownMb: ownAtPeak / 2 ** 20, decoders: seen.size }),
  };
}

/** Node starts them from its main thread. */
function listChildren(pid: number): string[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
}

/** Resident pages, the shared ones in each process. */
function countPages(pid: string): number {
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0);
}

function readResident(pid: string): number {
  const [, kilobytes = '0'] = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? [];
  return Number(kilobytes) * 1024;
}

/** It may be gone by now. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
