import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { planAmendment } from './amendment.ts';
import { createCompareAndSet } from './compare-and-set.ts';
import { createErasure, type ErasureOptions } from './erasure.ts';
import { assertObjectsFit } from './object-bounds.ts';
import { createMoments } from './order.ts';
import type { WriteResult } from './profile-store.ts';
import type { Author } from './provenance.ts';
import type { Entry, LiveEntry, ProfileFields, ProfilePatch } from './record.ts';
import { assertLive, versionMismatch, type WriteOptions } from './refusals.ts';
import { createEntry, patchFields, readFields, reviseEntry } from './revision.ts';

/** Where there is no live profile: undefined refuses, an entry is what to go on with. */
export type Begin = (current: Entry | undefined) => Promise<LiveEntry> | undefined;

export interface ProfileWritesOptions extends Omit<ErasureOptions, 'compareAndSet'> {
  readonly schema: ProfileSchema;
}

export type ProfileWrites = ReturnType<typeof createProfileWrites>;

/** Attempts at once, beside others of the same profile; beyond that they take turns. */
const maxPromptAmendments = 2;
/** In place by what was found; beyond that a whole write is surer to succeed. */
const maxInformedAmendments = 6;

/** How profiles are created, changed and erased. */
export function createProfileWrites(options: ProfileWritesOptions) {
  const { store, schema, now, pictures } = options;
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
    guard: WriteOptions,
    begin: Begin = () => undefined,
  ): Promise<LiveEntry> {
    const { version, signal } = guard;
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
    if (pictures && over) {
      const [last, next] = [over, written].map(({ profile }) => profile[pictures.field]);
      if (last !== next) await pictures.discard(userId, last, next);
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
    guard: WriteOptions,
  ): Promise<LiveEntry> {
    const { signal } = guard;
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

  return { patch, create, replace, ...createErasure({ ...options, compareAndSet }) };
}
