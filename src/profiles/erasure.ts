import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { createCompareAndSet } from './compare-and-set.ts';
import type { ProfileStore, WriteResult } from './profile-store.ts';
import type { Entry, Tombstone } from './record.ts';
import { assertLive, type WriteOptions } from './refusals.ts';
import { createTombstone } from './revision.ts';
import type { UploadedPictures } from './uploaded-pictures.ts';

export interface EraseOptions extends WriteOptions {
  /** Ids of the pools in which the person's login is to go too: the tombstone notes them. */
  readonly closing?: readonly string[] | undefined;
}

export interface ErasureOptions {
  readonly store: ProfileStore;
  readonly compareAndSet: ReturnType<typeof createCompareAndSet>;
  readonly now: () => Date;
  readonly tombstoneRetentionDays: number;
  readonly pictures?: UploadedPictures | undefined;
}

/** How profiles end, and what their tombstones note. */
export function createErasure(options: ErasureOptions) {
  const { store, compareAndSet, now, tombstoneRetentionDays, pictures } = options;

  /**
   * Leaves a tombstone in the profile's place, or where `mayMark` says so.
   * @returns the tombstone, which may note further pools, of an earlier closing
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function erase(
    userId: string,
    { signal, closing = [], ...guard }: EraseOptions,
    mayMark: (current: Entry | undefined) => boolean = () => false,
  ): Promise<Tombstone> {
    const write = async (current: Entry | undefined): Promise<WriteResult<Tombstone>> => {
      const over = mayMark(current) ? current : assertLive(current, guard);
      // Before the mark: where it fails, the caller can ask again.
      if (pictures && over?.kind === 'live') {
        await pictures.discardAll(userId, over.profile[pictures.field], signal);
      }
      const noted = over?.kind === 'tombstone' ? (over.closing ?? []) : [];
      const all = [...new Set([...noted, ...closing])];
      if (over?.kind === 'tombstone' && closing.length > 0 && all.length === noted.length) {
        return { written: over };
      }
      const at = { now: now(), signedInAt: guard.signedInAt };
      const tombstone = createTombstone(userId, over, at, tombstoneRetentionDays, all);
      return store.put(tombstone, over, signal);
    };
    return compareAndSet(userId, write, { signal });
  }

  /** Takes these pools from the note of an account that is being closed. */
  async function settleClosing(
    userId: string,
    poolIds: readonly string[],
    signal?: WorkSignal,
  ): Promise<void> {
    const found = await store.find(userId, signal);
    if (!found) return;
    const write = async (current: Entry | undefined): Promise<WriteResult<Entry>> => {
      const noted = current?.kind === 'tombstone' ? (current.closing ?? []) : [];
      const left = noted.filter((poolId) => !poolIds.includes(poolId));
      if (left.length === noted.length) return { written: current ?? found };
      const tombstone = createTombstone(
        userId,
        current,
        { now: now() },
        tombstoneRetentionDays,
        left,
      );
      return store.put<Entry>(tombstone, current, signal);
    };
    await compareAndSet(userId, write, { met: { current: found }, signal });
  }

  return { erase, settleClosing };
}
