import type { WorkSignal } from '../concurrency/work-signal.ts';
import { DomainError } from '../errors.ts';
import type { ProfileService } from '../profiles/profile-service.ts';
import type { LiveEntry, ProfilePatch } from '../profiles/record.ts';
import type { SignIn } from '../profiles/sign-in.ts';
import type { Precondition } from './entity-tag.ts';

/**
 * What people write of their own profile, by `/me` or by their own id. Without a precondition a
 * first request brings the profile into being; If-Match is about one that is there already
 * (RFC 9110, section 13.1.1).
 */
export function createOwnWrites(profiles: ProfileService) {
  function patch(
    signIn: SignIn,
    changes: ProfilePatch,
    precondition: Precondition,
    signal: WorkSignal,
  ): Promise<LiveEntry> {
    if (!precondition) return profiles.patchOwn(signIn, changes, { signal });
    const options = { ...precondition, signedInAt: signIn.signedInAt, signal };
    const work = profiles.patch(signIn.userId, changes, 'person', options);
    return work.catch((error) => refuseAbsent(error, signIn, signal));
  }

  function erase(signIn: SignIn, precondition: Precondition, signal: WorkSignal): Promise<void> {
    if (!precondition) return profiles.eraseOwn(signIn, { signal });
    const options = { ...precondition, signedInAt: signIn.signedInAt, signal };
    const work = profiles.erase(signIn.userId, options);
    return work.catch((error) => refuseAbsent(error, signIn, signal));
  }

  async function refuseAbsent(error: unknown, signIn: SignIn, signal: WorkSignal): Promise<never> {
    const code = error instanceof DomainError ? error.code : undefined;
    if (code !== 'PROFILE_NOT_FOUND' && code !== 'PROFILE_ERASED') throw error;
    // Refuses the sign-in that is older than the erasure; a later one starts afresh.
    if (code === 'PROFILE_ERASED') await profiles.openOwn(signIn, signal);
    throw new DomainError('VERSION_MISMATCH', 'There was no profile, so none with this version.');
  }

  return { patch, erase };
}
