import {
  type Contract,
  hasCode,
  type LookOptions,
  type Person,
  type Picture,
  type ProfileSchema,
} from 'user-profile-client';
import { dropClosing, findClosureMaxAge, keepClosing } from './kept-closing.ts';
import { dropEdit } from './kept-edit.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { OwnContract, OwnProfile } from './own-profile.ts';
import { type Session, SessionEnded, SignInRefused } from './session.ts';
import { createTabs, type TabMessage } from './tabs.ts';
import { createTurns } from './turns.ts';

/** Why nobody is signed in any more, or not yet. */
export type Notice =
  | 'sessionEnded'
  | 'signedOutElsewhere'
  | 'erased'
  | 'erasedElsewhere'
  | 'closed'
  | 'closing'
  | 'signInCancelled'
  | 'signInRefused';

export type AuthState<Typing extends Pick<OwnContract, 'profile'> = Contract> =
  | { readonly status: 'starting' }
  | { readonly status: 'signed-out'; readonly notice?: Notice }
  | { readonly status: 'failed'; readonly error: unknown }
  | {
      readonly status: 'signed-in';
      readonly profile: Typing['profile'];
      /** The fields as the person sees them, with titles in the page's language. */
      readonly schema: ProfileSchema;
      readonly saving: boolean;
    };

export interface AuthStoreOptions<
  Profile extends OwnContract['profile'],
  Patch extends OwnContract['myPatch'],
  Export extends OwnContract['export'],
> {
  readonly session: Session;
  /** A profile client, whose contract types the store too. */
  readonly profiles: OwnProfile<Profile, Patch, Export>;
  /** Tabs of one origin that share a sign-in share this name; default `user-profile`. */
  readonly channel?: string;
}

/** After these the pool's pages may answer with a sign-in that the service refuses. */
const endsOfProfiles: readonly (Notice | undefined)[] = [
  'erased',
  'erasedElsewhere',
  'closed',
  'closing',
];

interface Starting {
  /** During which it began. */
  readonly visit: number;
  readonly done: Promise<void>;
}

export type AuthStore<Typing extends OwnContract = Contract> = ReturnType<
  typeof createAuthStore<Typing['profile'], Typing['myPatch'], Typing['export']>
>;

/** A store of any contract. Not `AuthStore<OwnContract>`: of one alias TypeScript compares the arguments. */
export type AnyAuthStore = ReturnType<
  typeof createAuthStore<OwnContract['profile'], OwnContract['myPatch'], OwnContract['export']>
>;

/**
 * Who is signed in, and their profile: plain JavaScript, for any framework. `getState` returns the
 * same object until something changes.
 */
export function createAuthStore<
  Profile extends OwnContract['profile'],
  Patch extends OwnContract['myPatch'],
  Export extends OwnContract['export'],
>({ session, profiles, channel = 'user-profile' }: AuthStoreOptions<Profile, Patch, Export>) {
  type State = AuthState<{ readonly profile: Profile }>;
  const listeners = new Set<() => void>();
  const tabs = createTabs(channel);
  // Two changes of one field at once could reach the table in either order.
  const inTurn = createTurns();
  let state: State = { status: 'starting' };
  let starting: Starting | undefined;
  /** As the service last told it, and the patches shown already that it has not confirmed yet. */
  let confirmed: Profile | undefined;
  let pending: Patch[] = [];
  let schema: ProfileSchema | undefined;
  /** What the titles of the schema are to be in; undefined leaves it to the browser. */
  let language: string | undefined;
  /** Counts sign-outs: an answer that was asked for before one is nobody's any more. */
  let visit = 0;
  /** The pool's pages may still know somebody who has left. */
  let isKnownToPool = false;

  function set(next: State): void {
    state = next;
    for (const listener of listeners) listener();
  }

  /** Shows what is confirmed with everything that is on its way. */
  function show(): void {
    if (!confirmed || !schema) return;
    const profile = pending.reduce<Profile>(applyMergePatch, confirmed);
    set({ status: 'signed-in', profile, schema, saving: pending.length > 0 });
  }

  /** Answers come in any order: an older version never replaces a newer one. */
  function confirm(profile: Profile, since: number): void {
    if (since !== visit) return;
    isKnownToPool = false;
    const isSomebodyElse = confirmed && confirmed.userId !== profile.userId;
    if (isSomebodyElse) pending = [];
    const isOlder = confirmed && profile.version < confirmed.version;
    if (isSomebodyElse || !isOlder) confirmed = profile;
  }

  function leave(notice?: Notice): void {
    visit++;
    confirmed = undefined;
    pending = [];
    isKnownToPool ||= endsOfProfiles.includes(notice);
    set({ status: 'signed-out', ...(notice && { notice }) });
  }

  /** Ends this visit in every tab; one that is over already is somebody else's by now. */
  async function end(notice: Notice, since: number): Promise<void> {
    if (since !== visit) return;
    // What was typed outlives a session, for the next sign-in, and no profile.
    if (notice !== 'sessionEnded') {
      dropEdit();
      dropClosing();
    }
    leave(notice);
    tabs.tell(notice === 'sessionEnded' ? 'session-ended' : 'signed-out');
    await session.forget();
  }

  /** For the service to act for nobody else, whoever has signed in meanwhile. */
  function asShown(): { readonly caller: string | undefined } {
    return { caller: confirmed?.userId };
  }

  /** Nothing of who was here before stays. */
  async function enterAnew(): Promise<void> {
    visit++;
    confirmed = undefined;
    pending = [];
    set({ status: 'starting' });
    await enterOnce();
  }

  /** Somebody whose profile is erased, or whose session is over, is signed out. */
  async function endIfOver(error: unknown, since: number): Promise<boolean> {
    // About a visit that is over: its end was told, and somebody else may be signed in.
    if (since !== visit) return false;
    // By its name: an application may hold the client twice.
    if (error instanceof Error && error.name === 'CallerChangedError') {
      await enterAnew();
      return false;
    }
    const isErased = hasCode(error, 'PROFILE_ERASED');
    const isEnded = error instanceof SessionEnded || hasCode(error, 'TOKEN_INVALID');
    if (!isErased && !isEnded) return false;
    await end(isErased ? 'erasedElsewhere' : 'sessionEnded', since);
    return true;
  }

  async function loadSchema(): Promise<void> {
    let asked: string | undefined;
    let loaded: ProfileSchema;
    do {
      asked = language;
      loaded = await profiles.getSchema({
        audience: 'self',
        ...(asked !== undefined && { language: asked }),
      });
      // Another language was chosen meanwhile.
    } while (asked !== language);
    schema = loaded;
  }

  async function enter(): Promise<void> {
    const since = visit;
    try {
      const isSignedIn = await session.restore();
      if (since !== visit) return;
      if (!isSignedIn) return leave();
      const [profile] = await Promise.all([profiles.getMyProfile(), loadSchema()]);
      confirm(profile, since);
      show();
    } catch (error) {
      if (since !== visit) return;
      if (error instanceof SignInRefused) {
        leave(error.cancelled ? 'signInCancelled' : 'signInRefused');
      } else if (!(await endIfOver(error, since))) set({ status: 'failed', error });
    }
  }

  function enterOnce(): Promise<void> {
    // One that began before a sign-out finds nobody: another is needed after it.
    if (starting?.visit !== visit) {
      const begun: Starting = {
        visit,
        done: enter().finally(() => {
          if (starting === begun) starting = undefined;
        }),
      };
      starting = begun;
    }
    return starting.done;
  }

  /** Takes over the profile that a write answers with; `settle` is called before it is shown. */
  async function write(send: () => Promise<Profile>, settle = () => {}): Promise<Profile> {
    const since = visit;
    try {
      const profile = await send();
      confirm(profile, since);
      return profile;
    } catch (error) {
      await endIfOver(error, since);
      throw error;
    } finally {
      settle();
      show();
    }
  }

  async function refresh(): Promise<void> {
    if (!confirmed) return;
    const since = visit;
    try {
      confirm(await profiles.getMyProfile(), since);
      show();
    } catch (error) {
      // What is shown is still the best we know.
      await endIfOver(error, since);
    }
  }

  function hear(message: TabMessage): void {
    if (message === 'signed-in') void (confirmed ? refresh() : enterOnce());
    else if (state.status !== 'signed-out') {
      if (message === 'signed-out') dropEdit();
      leave(message === 'signed-out' ? 'signedOutElsewhere' : 'sessionEnded');
    }
  }

  return {
    getState: () => state,

    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Finds out who is signed in: when the page opens, and again after a failure. */
    async start(wanted = language): Promise<void> {
      language = wanted;
      tabs.listen(hear);
      await enterOnce();
      if (confirmed) tabs.tell('signed-in');
    },

    /** Has the titles of the fields in this language from now on. */
    async speak(wanted: string): Promise<void> {
      if (language === wanted) return;
      language = wanted;
      if (!confirmed) return;
      const since = visit;
      try {
        await loadSchema();
        if (since === visit) show();
      } catch (error) {
        // Titles in another language are better than none.
        await endIfOver(error, since);
      }
    },

    /** Takes over what other tabs and services have changed. */
    refresh,

    /** Shows the change at once, and takes it back when the service refuses it. */
    async update(change: Patch | ((current: Profile) => Patch | undefined)): Promise<Profile> {
      if (!confirmed) throw new Error('Nobody is signed in');
      const shown = typeof change === 'function' ? change(confirmed) : change;
      if (shown) pending = [...pending, shown];
      show();
      // Now, and not when its turn comes: somebody else may be shown by then.
      const person = asShown();
      return write(
        () => inTurn(() => profiles.updateMyProfile(change, person)),
        () => {
          pending = pending.filter((patch) => patch !== shown);
        },
      );
    },

    /** What everyone may see of somebody; undefined where there is nobody to see. */
    async lookAt(userId: string, options: LookOptions = {}): Promise<Person | undefined> {
      const since = visit;
      try {
        return await profiles.getPerson(userId, options);
      } catch (error) {
        await endIfOver(error, since);
        throw error;
      }
    },

    /** Uploads the person's picture, where the service takes it (`x-picture` of its schema). */
    setPicture: (picture: Picture): Promise<Profile> =>
      write(() => profiles.setMyPicture(picture, asShown())),

    /** Removes it, wherever it came from. */
    removePicture: (): Promise<Profile> => write(() => profiles.removeMyPicture(asShown())),

    /** Everything that is held about the person. */
    async export(): Promise<Export> {
      const since = visit;
      try {
        return await profiles.exportMyProfile(asShown());
      } catch (error) {
        await endIfOver(error, since);
        throw error;
      }
    },

    async erase(): Promise<void> {
      const since = visit;
      try {
        await profiles.eraseMyProfile(asShown());
      } catch (error) {
        await endIfOver(error, since);
        // It was erased before, and that was wanted.
        if (hasCode(error, 'PROFILE_ERASED')) return;
        throw error;
      }
      await end('erased', since);
    },

    /** Closes the account; with `reauthenticate` it takes another sign-in first. */
    async closeAccount(): Promise<'closed' | 'closing' | 'reauthenticate'> {
      const since = visit;
      try {
        const { outcome } = await profiles.closeMyAccount(asShown());
        if (outcome !== 'reauthenticate') await end(outcome, since);
        return outcome;
      } catch (error) {
        // PROFILE_ERASED is no success here: the sign-in is from before an erasure, the login stays.
        await endIfOver(error, since);
        throw error;
      }
    },

    /** Has the person sign in anew, even where the pool's pages still know them; then asks once more. */
    async signInToClose(): Promise<void> {
      if (!confirmed || !schema) return;
      keepClosing(confirmed.userId);
      try {
        const maxAge = findClosureMaxAge(schema);
        await session.signIn({ anew: true, ...(maxAge !== undefined && { maxAge }) });
      } catch (error) {
        set({ status: 'failed', error });
      }
    },

    async signIn(): Promise<void> {
      try {
        await session.signIn({ anew: isKnownToPool });
      } catch (error) {
        set({ status: 'failed', error });
      }
    },

    /** Signs out here and in every other tab, also where the pool can't be reached. */
    async signOut(): Promise<void> {
      dropEdit();
      dropClosing();
      leave();
      tabs.tell('signed-out');
      try {
        await session.signOut();
      } catch {
        isKnownToPool = true;
        await session.forget();
      }
    },

    /** Hears no more of other tabs. */
    close: tabs.close,
  };
}
