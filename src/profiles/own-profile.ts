import { createFirstSignIn } from './first-sign-in.ts';
import type { ProfileStore } from './profile-store.ts';
import type { ProfileWrites } from './profile-writes.ts';
import type { Entry, LiveEntry, ProfilePatch } from './record.ts';
import { nothingToMatch, type WriteOptions } from './refusals.ts';
import { isAfterErasure, type SignIn } from './sign-in.ts';

export interface OwnProfileOptions {
  readonly store: ProfileStore;
  readonly now: () => Date;
  readonly writes: Pick<ProfileWrites, 'patch' | 'erase'>;
}

export interface OwnWriteOptions extends WriteOptions {
  /** Only a profile that is there already, as any condition on its version asks. */
  readonly mustExist: boolean;
}

/** What a person does with their own profile. */
export function createOwnProfile({ store, now, writes }: OwnProfileOptions) {
  const { openOwn, showOwn } = createFirstSignIn({ store, now });

  /** As `patch`, for the person's own profile, which a first request brings into being. */
  function patchOwn(
    signIn: SignIn,
    changes: ProfilePatch,
    options: OwnWriteOptions,
  ): Promise<LiveEntry> {
    const { userId, signedInAt } = signIn;
    const { version, signal } = options;
    return writes.patch(
      userId,
      changes,
      { source: 'person' },
      { version, signedInAt, signal },
      (current) => (mayBegin(current, signIn, options) ? openOwn(signIn, signal) : undefined),
    );
  }

  /** As `erase`; where no profile is, the tombstone still keeps this sign-in from making one. */
  async function eraseOwn(signIn: SignIn, options: OwnWriteOptions): Promise<void> {
    const { userId, signedInAt } = signIn;
    await writes.erase(userId, { ...options, signedInAt }, (current) =>
      mayBegin(current, signIn, options),
    );
  }

  return { openOwn, showOwn, patchOwn, eraseOwn };
}

/**
 * Whether no profile ever was, or none since an erasure before this sign-in.
 * @throws {Refusal} VERSION_MISMATCH where there must be one
 */
function mayBegin(
  current: Entry | undefined,
  { signedInAt }: SignIn,
  { mustExist }: OwnWriteOptions,
): boolean {
  const isVacant =
    !current ||
    (current.kind === 'tombstone' &&
      !current.closing &&
      isAfterErasure(signedInAt, current.erasedAt));
  if (isVacant && mustExist) throw nothingToMatch();
  return isVacant;
}
