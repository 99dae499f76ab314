import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import type { ProfileStore } from './profile-store.ts';
import type { ProfileWrites } from './profile-writes.ts';

/** Deletes the login of a user in a pool; one that is gone already is done. */
export type RemoveLogin = (poolId: string, userId: string, signal: WorkSignal) => Promise<void>;

export interface AccountClosureOptions {
  readonly store: Pick<ProfileStore, 'find'>;
  readonly writes: Pick<ProfileWrites, 'erase' | 'settleClosing'>;
  readonly nowSeconds: () => number;
  readonly maxAgeSeconds: number;
  /** Told what kept a login from being deleted. */
  readonly onFailure: (error: unknown, poolId: string) => void;
}

/** `closing`: the profile is erased, and the login is still to go. */
export type ClosureOutcome = 'closed' | 'closing';

export type AccountClosure = ReturnType<typeof createAccountClosure>;

/**
 * Closes accounts: the profile first, with a note of the login that is still to go; then the login;
 * then the note. Whatever ends it in between, it is finished by being asked for again, or by the
 * reconciliation, which looks for the notes.
 */
export function createAccountClosure(options: AccountClosureOptions) {
  const { store, writes, nowSeconds, maxAgeSeconds, onFailure } = options;

  /**
   * The person's own. It takes a recent sign-in, unless it is under way: then it was asked for with one.
   * @throws {Refusal} REAUTHENTICATION_REQUIRED, PROFILE_ERASED where their profile is of a later
   *   sign-in, WRITE_CONTENTION
   */
  async function closeOwn(
    { userId, signedInAt, poolId }: { userId: string; signedInAt: number; poolId: string },
    remove: RemoveLogin,
    signal: WorkSignal,
  ): Promise<ClosureOutcome> {
    const isRecent = nowSeconds() - signedInAt <= maxAgeSeconds;
    if (!isRecent && !(await isClosing(userId, signal))) {
      throw new Refusal(
        'REAUTHENTICATION_REQUIRED',
        `Closing an account takes a sign-in of the last ${maxAgeSeconds} seconds.`,
        { maxAgeSeconds },
      );
    }
    return close(userId, [poolId], remove, { signedInAt, signal });
  }

  async function isClosing(userId: string, signal: WorkSignal): Promise<boolean> {
    const entry = await store.find(userId, signal);
    return entry?.kind === 'tombstone' && entry.closing !== undefined;
  }

  /**
   * Whether or not there is a profile, and in whichever of these pools the login is, or of those
   * that an earlier closing noted.
   * @throws {Refusal} WRITE_CONTENTION
   */
  async function close(
    userId: string,
    among: readonly string[],
    remove: RemoveLogin,
    { signal, ...guard }: { signedInAt?: number; signal: WorkSignal },
  ): Promise<ClosureOutcome> {
    const isVacant = (current: { kind: string } | undefined) => current?.kind !== 'live';
    const erased = await writes.erase(userId, { ...guard, signal, closing: among }, isVacant);
    const poolIds = erased.closing ?? [];
    const removals = await Promise.allSettled(
      poolIds.map((poolId) => remove(poolId, userId, signal)),
    );
    const done = poolIds.filter((_, index) => removals[index]?.status === 'fulfilled');
    const [refusal] = removals.flatMap((one) =>
      one.status === 'rejected' && one.reason instanceof Refusal ? one.reason : [],
    );
    for (const [index, one] of removals.entries()) {
      if (one.status === 'rejected') onFailure(one.reason, poolIds[index] ?? '');
    }
    if (done.length > 0) {
      try {
        await writes.settleClosing(userId, done, signal);
      } catch (error) {
        // The login is gone; only the note says otherwise.
        onFailure(error, done.join());
        return 'closing';
      }
    }
    if (refusal?.code === 'REAUTHENTICATION_REQUIRED') throw refusal;
    return done.length === poolIds.length ? 'closed' : 'closing';
  }

  return { closeOwn, close };
}
