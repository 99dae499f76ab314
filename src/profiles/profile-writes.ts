import type { WorkSignal } from '../concurrency/work-signal.ts';
import { planAmendment } from './amendment.ts';
import { createCompareAndSet } from './compare-and-set.ts';
import { createMoments } from './order.ts';
import type { ProfileStore, WriteResult } from './profile-store.ts';
import type { Entry, FieldName, LiveEntry, ProfileFields, ProfilePatch, Source } from './record.ts';
import { assertLive, type Guard, versionMismatch } from './refusals.ts';
import {
  assertPreferencesFit,
  createEntry,
  createTombstone,
  patchFields,
  readFields,
  reviseEntry,
} from './revision.ts';

/** What a write is sent with besides its content. */
export interface WriteOptions extends Guard {
  readonly signal?: WorkSignal | undefined;
}

/** Where there is no live profile: undefined refuses, an entry is what to go on with. */
export type Begin = (current: Entry | undefined) => Promise<LiveEntry> | undefined;

export interface ProfileWritesOptions {
  readonly store: ProfileStore;
  readonly now: () => Date;
  readonly tombstoneRetentionDays: number;
}

export type ProfileWrites = ReturnType<typeof createProfileWrites>;

/** Attempts at once, beside others of the same profile; beyond that they take turns. */
const maxPromptAmendments = 2;
/** In place by what was found; beyond that a whole write is surer to succeed. */
const maxInformedAmendments = 6;

/** How profiles are created, changed and erased. */
export function createProfileWrites({ store, now, tombstoneRetentionDays }: ProfileWritesOptions) {
  const compareAndSet = createCompareAndSet(store);
  const takeMoment = createMoments(now);

  /**
   * Applies a merge patch. In place where it can be, else by compare-and-set on the version.
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH,
   *   PREFERENCES_TOO_LARGE, WRITE_CONTENTION
   */
  async function patch(
    userId: string,
    changes: ProfilePatch,
    source: Source,
    { signal, ...guard }: WriteOptions,
    begin: Begin = () => undefined,
  ): Promise<LiveEntry> {
    const { version } = guard;
    let last: LiveEntry | undefined;
    /** In place by what was found, as long as that is news; else the whole item. */
    const write = async (current: Entry | undefined, losses: number): Promise<WriteResult> => {
      const begun = current?.kind === 'live' ? undefined : await begin(current);
      const live = assertLive(begun ?? current, guard);
      const next = applyPatch(live, changes, source);
      if (!next) return { written: live };
      // Refused for what is known already: it will not be otherwise the next time.
      const isNews = last?.profile.version !== live.profile.version;
      last = live;
      const amendment =
        isNews && losses < maxInformedAmendments
          ? planAmendment(changes, source, readFields(live))
          : undefined;
      if (!amendment) return store.put(next, live, signal);
      const { erasedAt } = live;
      return store.amend(
        userId,
        amendment,
        { version, erasedAt },
        takeMoment(userId, live),
        signal,
      );
    };

    const blind = planAmendment(changes, source);
    if (!blind) return compareAndSet(userId, write, { signal });
    let result = await store.amend(userId, blind, { version }, takeMoment(userId), signal);
    // Patches of different places hardly get into each other's way, so these need no turns.
    for (let losses = 0; losses < maxPromptAmendments && !result.written; losses++) {
      result = await write(result.current, losses);
    }
    return result.written ?? compareAndSet(userId, write, { met: result, signal });
  }

  function applyPatch(live: LiveEntry, changes: ProfilePatch, source: Source) {
    const named = (Object.keys(changes) as FieldName[]).filter(
      (name) => changes[name] !== undefined,
    );
    return reviseEntry(live, patchFields(readFields(live), changes), source, now(), named);
  }

  /**
   * Adds a profile with exactly these fields.
   * @throws {Refusal} VERSION_MISMATCH where there is one, PROFILE_ERASED
   */
  async function create(
    userId: string,
    fields: ProfileFields,
    source: Source,
    signal?: WorkSignal,
  ): Promise<LiveEntry> {
    const result = await store.put(createEntry(userId, fields, source, now()), undefined, signal);
    if (result.written) return result.written;
    const existing = assertLive(result.current, {});
    throw versionMismatch(existing.profile.version);
  }

  /**
   * Gives a profile exactly these fields.
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function replace(
    userId: string,
    fields: ProfileFields,
    source: Source,
    { signal, ...guard }: WriteOptions,
  ): Promise<LiveEntry> {
    assertPreferencesFit(fields);
    const write = async (current: Entry | undefined): Promise<WriteResult> => {
      const live = assertLive(current, guard);
      const next = reviseEntry(live, fields, source, now());
      return next ? store.put(next, live, signal) : { written: live };
    };
    return compareAndSet(userId, write, { signal });
  }

  /**
   * Leaves a tombstone in the profile's place, or where `mayMark` says so.
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function erase(
    userId: string,
    { signal, ...guard }: WriteOptions,
    mayMark: (current: Entry | undefined) => boolean = () => false,
  ): Promise<void> {
    const write = (current: Entry | undefined) => {
      const over = mayMark(current) ? current : assertLive(current, guard);
      const at = { now: now(), signedInAt: guard.signedInAt };
      return store.put(createTombstone(userId, over, at, tombstoneRetentionDays), over, signal);
    };
    await compareAndSet(userId, write, { signal });
  }

  return { patch, create, replace, erase };
}
