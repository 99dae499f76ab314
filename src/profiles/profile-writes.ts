import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { planAmendment } from './amendment.ts';
import { createCompareAndSet } from './compare-and-set.ts';
import { assertObjectsFit } from './object-bounds.ts';
import { createMoments } from './order.ts';
import type { ProfileStore, WriteResult } from './profile-store.ts';
import type { Author } from './provenance.ts';
import type { Entry, LiveEntry, ProfileFields, ProfilePatch, Tombstone } from './record.ts';
import { assertLive, type Guard, versionMismatch } from './refusals.ts';
import { createEntry, createTombstone, patchFields, readFields, reviseEntry } from './revision.ts';
import type { UploadedPictures } from './uploaded-pictures.ts';

/** What a write is sent with besides its content. */
export interface WriteOptions extends Guard {
  readonly signal?: WorkSignal | undefined;
}

/** Where there is no live profile: undefined refuses, an entry is what to go on with. */
export type Begin = (current: Entry | undefined) => Promise<LiveEntry> | undefined;

export interface EraseOptions extends WriteOptions {
  /** Ids of the pools in which the person's login is to go too: the tombstone notes them. */
  readonly closing?: readonly string[] | undefined;
}

export interface ProfileWritesOptions {
  readonly store: ProfileStore;
  readonly schema: ProfileSchema;
  readonly now: () => Date;
  readonly tombstoneRetentionDays: number;
  readonly pictures?: UploadedPictures | undefined;
}

export type ProfileWrites = ReturnType<typeof createProfileWrites>;

/** Attempts at once, beside others of the same profile; beyond that they take turns. */
const maxPromptAmendments = 2;
/** In place by what was found; beyond that a whole write is surer to succeed. */
const maxInformedAmendments = 6;

/** How profiles are created, changed and erased. */
export function createProfileWrites(options: ProfileWritesOptions) {
  const { store, schema, now, tombstoneRetentionDays, pictures } = options;
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
    author: Author,
    { signal, ...guard }: WriteOptions,
    begin: Begin = () => undefined,
  ): Promise<LiveEntry> {
    const { version } = guard;
    // In place it wouldn't be known which picture another one took the place of.
    const namesPicture = pictures !== undefined && changes[pictures.field] !== undefined;
    let last: LiveEntry | undefined;
    /** In place by what was found, as long as that is news; else the whole item. */
    const write = async (current: Entry | undefined, losses: number): Promise<WriteResult> => {
      const begun = current?.kind === 'live' ? undefined : await begin(current);
      const live = assertLive(begun ?? current, guard);
      const next = applyPatch(live, changes, author);
      if (!next) return { written: live };
      // Refused for what is known already: it will not be otherwise the next time.
      const isNews = last?.profile.version !== live.profile.version;
      last = live;
      const amendment =
        isNews && losses < maxInformedAmendments && !namesPicture
          ? planAmendment(schema, changes, author, readFields(live))
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

    const blind = namesPicture ? undefined : planAmendment(schema, changes, author);
    if (!blind) return replacePicture(userId, () => last, compareAndSet(userId, write, { signal }));
    let result = await store.amend(userId, blind, { version }, takeMoment(userId), signal);
    // Patches of different places hardly get into each other's way, so these need no turns.
    for (let losses = 0; losses < maxPromptAmendments && !result.written; losses++) {
      result = await write(result.current, losses);
    }
    return result.written ?? compareAndSet(userId, write, { met: result, signal });
  }

  /** Once it is written, removes the picture that the write took away. */
  async function replacePicture(
    userId: string,
    readOver: () => LiveEntry | undefined,
    writing: Promise<LiveEntry>,
  ): Promise<LiveEntry> {
    const written = await writing;
    const over = readOver();
    if (pictures && over && over.profile[pictures.field] !== written.profile[pictures.field]) {
      await pictures.discard(userId, over.profile[pictures.field]);
    }
    return written;
  }

  function applyPatch(live: LiveEntry, changes: ProfilePatch, author: Author) {
    const named = Object.keys(changes).filter((name) => changes[name] !== undefined);
    const fields = patchFields(readFields(live), changes);
    assertObjectsFit(schema, fields, named);
    return reviseEntry(live, fields, author, now(), named);
  }

  /**
   * Adds a profile with exactly these fields.
   * @throws {Refusal} VERSION_MISMATCH where there is one, PROFILE_ERASED
   */
  async function create(
    userId: string,
    fields: ProfileFields,
    author: Author,
    signal?: WorkSignal,
  ): Promise<LiveEntry> {
    const result = await store.put(createEntry(userId, fields, author, now()), undefined, signal);
    if (result.written) return result.written;
    const existing = assertLive(result.current, {});
    throw versionMismatch(existing.profile.version);
  }

  /**
   * Gives a profile exactly these fields, of those that services may write; the others stay.
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function replace(
    userId: string,
    fields: ProfileFields,
    author: Author,
    { signal, ...guard }: WriteOptions,
  ): Promise<LiveEntry> {
    let last: LiveEntry | undefined;
    const write = async (current: Entry | undefined): Promise<WriteResult> => {
      const live = assertLive(current, guard);
      last = live;
      const next = reviseEntry(live, { ...readUnwritable(live), ...fields }, author, now());
      return next ? store.put(next, live, signal) : { written: live };
    };
    return replacePicture(userId, () => last, compareAndSet(userId, write, { signal }));
  }

  function readUnwritable(live: LiveEntry): ProfileFields {
    const kept = Object.entries(readFields(live)).filter(([name]) => {
      const field = schema.fields.get(name);
      return !field?.writers.has('service') || field.outlastsReplacement;
    });
    return Object.fromEntries(kept);
  }

  /**
   * Leaves a tombstone in the profile's place, or where `mayMark` says so.
   * @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH, WRITE_CONTENTION
   */
  async function erase(
    userId: string,
    { signal, closing = [], ...guard }: EraseOptions,
    mayMark: (current: Entry | undefined) => boolean = () => false,
  ): Promise<void> {
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
    await compareAndSet(userId, write, { signal });
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

  return { patch, create, replace, erase, settleClosing };
}
