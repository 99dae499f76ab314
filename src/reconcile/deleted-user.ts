import type { PoolLogins } from '../identity/pool-logins.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { ProfileWrites } from '../profiles/profile-writes.ts';
import { Refusal } from '../refusal.ts';

export interface DeletedUserParts {
  readonly poolIds: readonly string[];
  readonly logins: Pick<PoolLogins, 'findUsername'>;
  readonly store: Pick<ProfileStore, 'find'>;
  readonly writes: Pick<ProfileWrites, 'erase'>;
}

/** `user-present`: a pool has the user, whatever the event says. */
export type ErasureOutcome = 'erased' | 'already-erased' | 'no-profile' | 'user-present';

/**
 * Erases the profile of somebody whose deletion was told, where no pool has them any more. Who has
 * no profile here is not asked for, and leaves no trace.
 * @throws where table or pools can't say, with nothing done
 */
export async function eraseDeletedUser(
  { poolIds, logins, store, writes }: DeletedUserParts,
  userId: string,
  signal: AbortSignal,
): Promise<ErasureOutcome> {
  const entry = await store.find(userId, signal);
  if (!entry) return 'no-profile';
  if (entry.kind === 'tombstone') return 'already-erased';
  for (const poolId of poolIds) {
    if ((await logins.findUsername(poolId, userId, signal)) !== undefined) return 'user-present';
  }
  try {
    await writes.erase(userId, { signal });
    return 'erased';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'PROFILE_ERASED') return 'already-erased';
    throw error;
  }
}
