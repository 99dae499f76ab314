import type { FastifyRequest } from 'fastify';
import { authorOf } from '../access/permissions.ts';
import type { LiveEntry, ProfilePatch } from '../profiles/record.ts';
import type { SignIn } from '../profiles/sign-in.ts';
import type { Precondition } from './entity-tag.ts';
import { ownWrite } from './own-writes.ts';
import type { RouteDependencies } from './routes/dependencies.ts';

/** A write of somebody's profile, as the caller may make it. */
export interface PatchTarget {
  readonly userId: string;
  /** By which right: people write their own profile, services anybody's. */
  readonly capacity: 'person' | 'service';
  readonly guard: Precondition;
}

/** The sign-in of a request about the caller's own profile, which may come to be with it. */
export function createOwnSignIns({ signInOf }: Pick<RouteDependencies, 'signInOf'>) {
  return ({ caller, bearerToken }: FastifyRequest, userId: string): SignIn | undefined =>
    caller?.kind === 'person' && caller.userId === userId
      ? signInOf(caller, bearerToken)
      : undefined;
}

/** Patches a profile by its id. */
export function createProfilePatch(dependencies: Pick<RouteDependencies, 'profiles' | 'signInOf'>) {
  const { profiles } = dependencies;
  const findOwnSignIn = createOwnSignIns(dependencies);

  return async function patchProfile(
    request: FastifyRequest,
    { userId, capacity, guard }: PatchTarget,
    changes: ProfilePatch,
  ): Promise<LiveEntry> {
    const { caller, deadline: signal } = request;
    const signIn = findOwnSignIn(request, userId);
    if (signIn && capacity === 'person') {
      return profiles.patchOwn(signIn, changes, ownWrite(guard, signal));
    }
    // An administrator's own profile, written with an administrator's rights.
    if (signIn && !guard) await profiles.openOwn(signIn, signal);
    return profiles.patch(userId, changes, authorOf(caller, capacity), { ...guard, signal });
  };
}
