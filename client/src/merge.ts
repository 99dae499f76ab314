import { abortable, wait } from './abort.ts';
import { hasCode, isObject } from './problem.ts';

/** A change worked out from what is there; undefined changes nothing. */
export type Change<Current, Patch> = (
  current: Current,
) => Patch | undefined | Promise<Patch | undefined>;

interface Versioned {
  readonly version: number;
}

export interface MergeSteps<Current extends Versioned, Patch> {
  read(): Promise<Current>;
  /** Applies the patch to this version only, else throws VERSION_MISMATCH. */
  write(patch: Patch, version: number): Promise<Current>;
  readonly maxAttempts: number;
  /** Writes to this version, and only once; without one to what was read. */
  readonly version: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds. */
const firstWait = 20;
const maxWait = 1_000;

/**
 * Reads, works the change out and writes it to the version that was read. When somebody else was
 * faster it begins again with what they left, so that neither edit is lost.
 */
export async function mergeChange<Current extends Versioned, Patch extends object>(
  change: Change<Current, Patch>,
  { read, write, maxAttempts, version, signal }: MergeSteps<Current, Patch>,
): Promise<Current> {
  let current = await read();
  for (let attempt = 1; ; attempt++) {
    const patch = await abortable(change(current), signal);
    if (!patch) return current;
    try {
      return await write(patch, version ?? current.version);
    } catch (error) {
      const last = version !== undefined || attempt >= maxAttempts;
      if (last || !hasCode(error, 'VERSION_MISMATCH')) throw error;
      // Many editors at once spread out, or they would meet again and again.
      await wait(Math.random() * Math.min(firstWait * 2 ** attempt, maxWait), signal);
      const next = await read();
      // The one version since, with all we asked for in it: the try that seemed to fail did it.
      const done = error.mayHaveHappened && next.version === current.version + 1;
      // As the service was sent it: without what JSON leaves out.
      if (done && holds(next, JSON.parse(JSON.stringify(patch)))) return next;
      current = next;
    }
  }
}

/** Whether a merge patch (RFC 7396) would change nothing here. */
function holds(target: unknown, patch: unknown): boolean {
  if (patch === null) return target === undefined;
  if (!isObject(patch) || Array.isArray(patch)) return isSame(target, patch);
  return isObject(target) && Object.keys(patch).every((key) => holds(target[key], patch[key]));
}

/** Of JSON values: members have no order, and the service returns them in one of its own. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]))
  );
}
