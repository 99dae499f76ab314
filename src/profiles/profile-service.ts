import { createBackOff } from '../concurrency/back-off.ts';
import { createTurns } from '../concurrency/turns.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { DomainError } from '../errors.ts';
import { planAmendment } from './amendment.ts';
import { createFirstSignIn, type FirstSignIn } from './first-sign-in.ts';
import type { ProfileStore, WriteGuard, WriteResult } from './profile-store.ts';
import type {
  Entry,
  FieldName,
  LiveEntry,
  LookupField,
  ProfileFields,
  ProfilePatch,
  Source,
} from './record.ts';
import {
  assertPreferencesFit,
  createEntry,
  patchFields,
  readFields,
  reviseEntry,
} from './revision.ts';
import { erased, isAfterErasure, type SignIn } from './sign-in.ts';

export interface ProfileServiceOptions {
  readonly store: ProfileStore;
  readonly now: () => Date;
  readonly tombstoneRetentionDays: number;
}

/** What a write is sent with besides its content. */
export interface WriteOptions extends WriteGuard {
  readonly signal?: WorkSignal | undefined;
}

export type ProfileService = ReturnType<typeof createProfileService>;

/** In place without knowing what is there, then by what was found. */
const maxAmendments = 3;
/** A compare-and-set that loses this often in a row gives up: the profile is being hammered. */
const maxAttempts = 15;
/** The first ones go on at once with what beat them; the others let a burst pass and read again. */
const promptAttempts = 4;
const backOff = createBackOff({ firstMs: 5, longestMs: 100 });

/** The rules of profiles: how they come to be, change, are found and end. */
export function createProfileService({
  store,
  now,
  tombstoneRetentionDays,
}: ProfileServiceOptions) {
  const firstSignIn: FirstSignIn = createFirstSignIn({ store, now });
  const turns = createTurns();

  /** @throws {DomainError} PROFILE_NOT_FOUND, PROFILE_ERASED */
  async function get(userId: string, guard: WriteGuard, signal?: WorkSignal): Promise<LiveEntry> {
    return assertLive(await store.find(userId, signal), guard);
  }

  /** The person's own profile: made at the first sign-in, completed and refreshed at later ones. */
  function openOwn(signIn: SignIn, signal?: WorkSignal): Promise<LiveEntry> {
    return firstSignIn.open(signIn, signal);
  }

  /**
   * Applies a merge patch. In place where it can be, else by compare-and-set on the version.
   * @throws {DomainError} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH,
   *   PREFERENCES_TOO_LARGE, WRITE_CONTENTION
   */
  async function patch(
    userId: string,
    changes: ProfilePatch,
    source: Source,
    { signal, ...guard }: WriteOptions,
  ): Promise<LiveEntry> {
    let known: LiveEntry | undefined;
    for (let attempt = 1; attempt <= maxAmendments; attempt++) {
      const amendment = planAmendment(changes, source, known && readFields(known));
      if (!amendment && known) break;
      const result: WriteResult = amendment
        ? await store.amend(userId, amendment, guard, now(), signal)
        : { current: await store.find(userId, signal) };
      if (result.written) return result.written;
      const live = assertLive(result.current, guard);
      if (!next(live)) return live;
      // Refused for what is known already: it will not be otherwise the next time.
      const isNoNews = known?.profile.version === live.profile.version;
      known = live;
      if (isNoNews) break;
    }
    return compareAndSet(userId, guard, next, signal, known);

    function next(live: LiveEntry): LiveEntry | undefined {
      const named = (Object.keys(changes) as FieldName[]).filter(
        (name) => changes[name] !== undefined,
      );
      return reviseEntry(live, patchFields(readFields(live), changes), source, now(), named);
    }
  }

  /** Reads, decides and writes until nobody came in between; `next` answers nothing for no change. */
  function compareAndSet(
    userId: string,
    guard: WriteGuard,
    next: (live: LiveEntry) => LiveEntry | undefined,
    signal?: WorkSignal,
    known?: LiveEntry,
  ): Promise<LiveEntry> {
    const write = async (live: LiveEntry): Promise<WriteResult> => {
      const revised = next(live);
      return revised ? store.replace(revised, guard, signal) : { written: live };
    };
    return inTurn(userId, guard, signal, write, known);
  }

  /** One attempt after the other, each on what the last one found. */
  function inTurn<Written extends Entry>(
    userId: string,
    guard: WriteGuard,
    signal: WorkSignal | undefined,
    write: (live: LiveEntry) => Promise<WriteResult<Written>>,
    known?: LiveEntry,
  ): Promise<Written> {
    const work = async (waited: boolean) => {
      let current = known && !waited ? known : await store.find(userId, signal);
      for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        const result = await write(assertLive(current, guard));
        if (!('current' in result)) return result.written;
        current = result.current;
        if (attempt < promptAttempts) continue;
        // What was found grows old in the pause, and a write on it would only lose again.
        await backOff.wait(attempt - promptAttempts + 1, signal);
        current = await store.find(userId, signal);
      }
      throw contention();
    };
    return turns.take(userId, work, signal);
  }

  /** As `patch`, for the person's own profile, which a first request brings into being. */
  async function patchOwn(
    signIn: SignIn,
    changes: ProfilePatch,
    options: WriteOptions,
  ): Promise<LiveEntry> {
    const guarded = { ...options, signedInAt: signIn.signedInAt };
    try {
      return await patch(signIn.userId, changes, 'person', guarded);
    } catch (error) {
      if (!isAbsence(error)) throw error;
      await openOwn(signIn, options.signal);
      return patch(signIn.userId, changes, 'person', guarded);
    }
  }

  /**
   * Adds a profile with exactly these fields.
   * @throws {DomainError} VERSION_MISMATCH where there is one, PROFILE_ERASED
   */
  async function create(
    userId: string,
    fields: ProfileFields,
    source: Source,
    signal?: WorkSignal,
  ) {
    const result = await store.insert(
      createEntry(userId, fields, source, now()),
      undefined,
      signal,
    );
    if (result.written) return result.written;
    const existing = assertLive(result.current, {});
    throw versionMismatch(existing.profile.version);
  }

  /**
   * Gives a profile exactly these fields.
   * @throws {DomainError} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function replace(
    userId: string,
    fields: ProfileFields,
    source: Source,
    { signal, ...guard }: WriteOptions,
  ): Promise<LiveEntry> {
    assertPreferencesFit(fields);
    return compareAndSet(userId, guard, (live) => reviseEntry(live, fields, source, now()), signal);
  }

  /**
   * Leaves a tombstone in the profile's place.
   * @throws {DomainError} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function erase(userId: string, { signal, ...guard }: WriteOptions): Promise<void> {
    await inTurn(userId, guard, signal, ({ profile }) =>
      store.erase(createTombstone(userId, profile.version), guard, signal),
    );
  }

  /** As `erase`; where no profile ever was, the tombstone still keeps this sign-in from making one. */
  async function eraseOwn(signIn: SignIn, options: WriteOptions): Promise<void> {
    const guarded = { ...options, signedInAt: signIn.signedInAt };
    try {
      await erase(signIn.userId, guarded);
    } catch (error) {
      if (!(isAbsence(error) && options.version === undefined)) throw error;
      const current = await store.find(signIn.userId, options.signal);
      if (current?.kind === 'tombstone') {
        if (!isAfterErasure(signIn.signedInAt, current.erasedAt)) throw error;
        await openOwn(signIn, options.signal);
      } else if (!current) {
        const result = await store.erase(createTombstone(signIn.userId, 0), {}, options.signal);
        if (result.written) return;
      }
      await erase(signIn.userId, guarded);
    }
  }

  /** Live profiles in the order asked for, duplicates kept, and the ids that have none. */
  async function getMany(userIds: readonly string[], signal?: WorkSignal) {
    const entries = await store.findMany(userIds, signal);
    const found: LiveEntry[] = [];
    const missing = new Set<string>();
    for (const userId of userIds) {
      const entry = entries.get(userId);
      if (entry?.kind === 'live') found.push(entry);
      else missing.add(userId);
    }
    return { found, missing: [...missing] };
  }

  /** Profiles whose field has this value now, whatever the index still says. */
  async function findBy(field: LookupField, value: string, signal?: WorkSignal) {
    const ids = await store.findIds(field, value, signal);
    // One by one, for the store gathers them with whatever else is being read.
    const entries = await Promise.all(ids.map((id) => store.find(id, signal)));
    return entries.filter(
      (entry): entry is LiveEntry => entry?.kind === 'live' && entry.profile[field] === value,
    );
  }

  function createTombstone(userId: string, version: number) {
    const at = now();
    return {
      kind: 'tombstone',
      userId,
      version: version + 1,
      erasedAt: at.toISOString(),
      expiresAt: Math.floor(at.getTime() / 1000) + tombstoneRetentionDays * 86_400,
    } as const;
  }

  return {
    get,
    openOwn,
    patch,
    patchOwn,
    create,
    replace,
    erase,
    eraseOwn,
    getMany,
    findBy,
    list: store.list,
  };
}

function assertLive(entry: Entry | undefined, guard: WriteGuard): LiveEntry {
  if (!entry) throw new DomainError('PROFILE_NOT_FOUND', 'There is no profile with this user id.');
  const { signedInAt, version } = guard;
  const outlived =
    entry.kind === 'live' &&
    signedInAt !== undefined &&
    entry.erasedAt !== undefined &&
    !isAfterErasure(signedInAt, entry.erasedAt);
  if (entry.kind === 'tombstone' || outlived) throw erased();
  if (version !== undefined && version !== entry.profile.version) {
    throw versionMismatch(entry.profile.version);
  }
  return entry;
}

function isAbsence(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    (error.code === 'PROFILE_NOT_FOUND' || error.code === 'PROFILE_ERASED')
  );
}

function versionMismatch(version: number): DomainError {
  return new DomainError('VERSION_MISMATCH', 'The profile has another version by now.', {
    version,
  });
}

function contention(): DomainError {
  return new DomainError('WRITE_CONTENTION', 'Too many writes of this profile at the same time.', {
    retryAfterSeconds: 1,
  });
}
