import type { WorkSignal } from '../concurrency/work-signal.ts';
import { parseAddress, parseKey, picturePrefix } from './picture-addresses.ts';
import type { PictureObjects } from './picture-objects.ts';

export interface SweepTally {
  itemsRead: number;
  objects: number;
  /** Of them those that a profile refers to. */
  referred: number;
  /** Objects that no profile refers to, old enough to be removed. */
  orphans: number;
  removed: number;
}

export const createSweepTally = (): SweepTally => ({
  itemsRead: 0,
  objects: 0,
  referred: 0,
  orphans: 0,
  removed: 0,
});

export interface SweepOptions {
  readonly objects: PictureObjects;
  /** What profiles hold in the field of the picture, read from now on. */
  readonly readValues: () => AsyncIterable<{
    readonly itemsRead: number;
    readonly values: readonly string[];
  }>;
  /** Objects modified after this are left: their address may be on its way. */
  readonly before: Date;
  readonly signal: WorkSignal;
}

/** Removed at a time; S3 takes thousands a second of one prefix. */
const batchSize = 50;

/**
 * Finds the objects that no profile refers to: what a crash left between the objects and the
 * profile, or a removal that failed. Profiles are read first and objects then, so one that is
 * referred to since is younger than `before`, and left. Keys of other forms are never touched.
 */
export async function findOrphans(
  { objects, readValues, before, signal }: SweepOptions,
  tally: SweepTally,
): Promise<string[]> {
  const referred = new Set<string>();
  for await (const { itemsRead, values } of readValues()) {
    tally.itemsRead += itemsRead;
    for (const value of values) {
      const name = parseAddress(value);
      if (name) referred.add(`${name.folder}/${name.digest}`);
    }
  }
  const orphans: string[] = [];
  for await (const page of objects.list(picturePrefix, signal)) {
    for (const { key, modifiedAt } of page) {
      tally.objects++;
      const name = parseKey(key);
      if (!name) continue;
      if (referred.has(`${name.folder}/${name.digest}`)) tally.referred++;
      else if (modifiedAt < before) orphans.push(key);
    }
    tally.orphans = orphans.length;
  }
  return orphans;
}

/** Removes what was found. It may be ended at any moment and run again. */
export async function removeOrphans(
  { objects, signal }: Pick<SweepOptions, 'objects' | 'signal'>,
  orphans: readonly string[],
  tally: SweepTally,
): Promise<void> {
  for (let at = 0; at < orphans.length; at += batchSize) {
    const batch = orphans.slice(at, at + batchSize);
    await objects.remove(batch, signal);
    tally.removed += batch.length;
  }
}
