import {
  hasCode,
  type MyProfilePatch,
  type Profile,
  type ProfileClient,
} from 'user-profile-client';
import { applyMergePatch } from './merge-patch.ts';
import { type Session, SessionEnded } from './session.ts';

export type AuthState =
  | { readonly status: 'starting' }
  | { readonly status: 'signed-out'; readonly notice?: string }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'signed-in'; readonly profile: Profile; readonly saving: boolean };

type Change = MyProfilePatch | ((current: Profile) => MyProfilePatch | undefined);

export interface AuthStoreOptions {
  readonly session: Session;
  readonly profiles: Pick<ProfileClient, 'getMyProfile' | 'updateMyProfile' | 'eraseMyProfile'>;
}

export type AuthStore = ReturnType<typeof createAuthStore>;

/**
 * Who is signed in, and their profile: plain JavaScript, for any framework. `getState` answers the
 * same object until something changes.
 */
export function createAuthStore({ session, profiles }: AuthStoreOptions) {
  const listeners = new Set<() => void>();
  let state: AuthState = { status: 'starting' };
  /** As the service last told it, and the patches shown already that it has not confirmed yet. */
  let confirmed: Profile | undefined;
  let pending: MyProfilePatch[] = [];

  function set(next: AuthState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  /** Shows what is confirmed with everything that is on its way. */
  function show(): void {
    if (!confirmed) return;
    const profile = pending.reduce<Profile>(applyMergePatch, confirmed);
    set({ status: 'signed-in', profile, saving: pending.length > 0 });
  }

  /** Answers come in any order: an older version never replaces a newer one. */
  function confirm(profile: Profile): void {
    if (!confirmed || profile.version >= confirmed.version) confirmed = profile;
  }

  async function leave(notice?: string): Promise<void> {
    confirmed = undefined;
    pending = [];
    await session.forget();
    set({ status: 'signed-out', ...(notice && { notice }) });
  }

  /** Somebody whose profile is erased, or whose session is over, is signed out. */
  async function endIfOver(error: unknown): Promise<boolean> {
    if (hasCode(error, 'PROFILE_ERASED')) await leave('This profile was erased.');
    else if (error instanceof SessionEnded || hasCode(error, 'TOKEN_INVALID')) {
      await leave('Please sign in again.');
    } else return false;
    return true;
  }

  return {
    getState: () => state,

    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Call it once, when the page opens; again after a failure. */
    async start(): Promise<void> {
      try {
        if (!(await session.restore())) return set({ status: 'signed-out' });
        confirm(await profiles.getMyProfile());
        show();
      } catch (error) {
        if (!(await endIfOver(error))) set({ status: 'failed', error });
      }
    },

    /** Takes over what other tabs and services have changed. */
    async refresh(): Promise<void> {
      if (!confirmed) return;
      try {
        confirm(await profiles.getMyProfile());
        show();
      } catch (error) {
        // What is shown is still the best we know.
        await endIfOver(error);
      }
    },

    /** Shows the change at once, and takes it back when the service refuses it. */
    async update(change: Change): Promise<Profile> {
      if (!confirmed) throw new Error('Nobody is signed in');
      const shown = typeof change === 'function' ? change(confirmed) : change;
      if (shown) pending = [...pending, shown];
      show();
      try {
        const profile = await profiles.updateMyProfile(change);
        confirm(profile);
        return profile;
      } catch (error) {
        await endIfOver(error);
        throw error;
      } finally {
        pending = pending.filter((patch) => patch !== shown);
        show();
      }
    },

    async erase(): Promise<void> {
      try {
        await profiles.eraseMyProfile();
      } catch (error) {
        if (await endIfOver(error)) return;
        throw error;
      }
      await leave('Your profile was erased. Nothing about you is kept.');
    },

    signIn: () => session.signIn(),
    signOut: () => session.signOut(),
  };
}
