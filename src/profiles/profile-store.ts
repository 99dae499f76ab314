import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { Amendment } from './amendment.ts';
import type { Entry, FieldName, LiveEntry, Profile, ShownEntry, Tombstone } from './record.ts';

/** What an amendment asks of the entry it meets, besides being live. */
export interface AmendmentGuard {
  /** Only at exactly this version. */
  readonly version?: number | undefined;
  /** Only in the life that began after this erasure; absent: only in one that began after none. */
  readonly erasedAt?: string | undefined;
}

/** A write either happened, whole, or was refused and left everything as `current` shows. */
export type WriteResult<Written extends Entry = LiveEntry> =
  | { readonly written: Written }
  | { readonly written?: never; readonly current: Entry | undefined };

export interface SomeFound {
  /** Of live ones alone; retired fields may be left out. */
  readonly found: ReadonlyMap<string, Profile>;
  /** Ids that were not looked for. */
  readonly unread: ReadonlySet<string>;
}

export interface ListPage {
  readonly entries: readonly LiveEntry[];
  /** The user id to go on after; absent at the end. */
  readonly next?: string | undefined;
}

export interface ClosingPage {
  readonly entries: readonly Tombstone[];
  /** The user id to go on after; absent at the end. */
  readonly next?: string | undefined;
}

/** Stands for one write, however often it is asked for; which object it is tells it from others. */
export type WriteToken = object;

/**
 * Where profiles are kept. Every implementation passes the suite in
 * `test/profiles/conformance/`; these comments are its contract.
 *
 * Reads by id are strongly consistent: they see every write that was answered before they began.
 *
 * Writes are atomic and conditional, and each happens at most once. One whose answer was lost is
 * sent again and recognized, behind seven others at least, and answered as written. One that is
 * answered as refused did not happen and will not: an attempt that is still on its way is shut out.
 * Where neither can be known, or the store can't answer in time, it throws Refusal
 * STORE_UNAVAILABLE; then a write may or may not have happened, or happen yet, though not in a
 * later life of the profile.
 *
 * A call whose signal is aborted ends with the signal's reason; its write may or may not happen, as
 * above.
 *
 * The moments of an entry's writes (`updatedAt`, `erasedAt`) rise with each, whatever the clocks
 * say: that is what keeps a late attempt from being applied. See `riseAbove`.
 */
export interface ProfileStore {
  /** The entry of this user, be it live or a tombstone; undefined where there never was one. */
  find(userId: string, signal?: WorkSignal): Promise<Entry | undefined>;

  /** As `find`, for what only shows it, which is cheaper where many are read at once. */
  show(userId: string, signal?: WorkSignal): Promise<ShownEntry | undefined>;

  /** Any number of distinct or repeated ids; absent ones are absent from the map. */
  findMany(userIds: readonly string[], signal?: WorkSignal): Promise<Map<string, Entry>>;

  /** Profiles to show: as many, from the first on, as are to be held at once; at least one. */
  findSome(userIds: readonly string[], signal?: WorkSignal): Promise<SomeFound>;

  /**
   * Puts an entry, live or a tombstone, in the place of exactly the entry `over`, or where there is
   * none. The caller sees to it that it is the next version and of a later moment. Of what was
   * there stays only what `entry` carries, and of a tombstone nothing but its own fields. Where
   * other writes followed before it was recognized, it is still answered with what it was. Put again
   * under the token of a put whose outcome was unknown, it is the same write: recognized where it
   * happened, and not done twice.
   */
  put<Written extends Entry>(
    entry: Written,
    over?: Entry,
    signal?: WorkSignal,
    token?: WriteToken,
  ): Promise<WriteResult<Written>>;

  /**
   * Applies an amendment to the live entry in place, in one step and without reading it first,
   * and raises its version by one. Refused where it would change nothing, where something is an
   * object or none against what the amendment says, where a free object might outgrow its bound,
   * and where `at` is not after the entry's last write; the caller then decides by `current`.
   * Where other writes of this life followed before it was recognized, it is answered with what
   * they left; where the life has ended by then, its outcome is unknown.
   */
  amend(
    userId: string,
    amendment: Amendment,
    guard: AmendmentGuard,
    at: Date,
    signal?: WorkSignal,
  ): Promise<WriteResult>;

  /** Notes that identity data as of `identityAt` was taken over and changed nothing. */
  noteIdentity(userId: string, identityAt: number, signal?: WorkSignal): Promise<void>;

  /**
   * Ids of the entries that an index holds under this value, 100 at most and perhaps stale:
   * read them by id before believing it.
   */
  findIds(field: FieldName, value: string, signal?: WorkSignal): Promise<string[]>;

  /**
   * Live entries in the table's own stable order, at most `limit`, after the given id: fewer where
   * they are large, at least one where there is one. An entry that exists throughout a walk is met exactly once.
   */
  list(limit: number, after?: string, signal?: WorkSignal): Promise<ListPage>;

  /** Tombstones of accounts that are still being closed, as `list`; a page may be empty and go on. */
  listClosing(after?: string, signal?: WorkSignal): Promise<ClosingPage>;

  /**
   * Notes on the live entry of this version since when it has had no user, or that it has one.
   * It is no write of the profile: its version stays. False where the entry is another by now.
   */
  noteUserless(
    userId: string,
    version: number,
    since: string | undefined,
    signal?: WorkSignal,
  ): Promise<boolean>;

  close(): void;
}
