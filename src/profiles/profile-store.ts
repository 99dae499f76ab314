import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { Amendment } from './amendment.ts';
import type { Entry, LiveEntry, LookupField, Tombstone } from './record.ts';

/** What a write asks of the entry it meets, besides being live. */
export interface WriteGuard {
  /** Only at exactly this version. */
  readonly version?: number | undefined;
  /** Only for a sign-in (epoch seconds) that came after any erasure of an earlier life. */
  readonly signedInAt?: number | undefined;
}

/** A write either happened, whole, or was refused and left everything as `current` shows. */
export type WriteResult<Written extends Entry = LiveEntry> =
  | { readonly written: Written }
  | { readonly written?: never; readonly current: Entry | undefined };

export interface ListPage {
  readonly entries: readonly LiveEntry[];
  /** The user id to go on after; absent at the end. */
  readonly next?: string | undefined;
}

/**
 * Where profiles are kept. Every implementation passes the suite in
 * `test/dynamodb/conformance.ts`; these comments are its contract.
 *
 * Reads by id are strongly consistent: they see every write that was answered before they began.
 * Writes are atomic and conditional. A write that is retried after its answer was lost is
 * recognised as its own and answered as written; it is never applied twice in a row.
 * A store that can't answer in time throws DomainError STORE_UNAVAILABLE; then a write
 * may or may not have happened.
 */
export interface ProfileStore {
  /** The entry of this user, be it live or a tombstone; undefined where there never was one. */
  find(userId: string, signal?: WorkSignal): Promise<Entry | undefined>;

  /** Any number of distinct or repeated ids; absent ones are absent from the map. */
  findMany(userIds: readonly string[], signal?: WorkSignal): Promise<Map<string, Entry>>;

  /** Adds an entry where there is none, or, given `after`, in the place of exactly that tombstone. */
  insert(entry: LiveEntry, after?: Tombstone, signal?: WorkSignal): Promise<WriteResult>;

  /** Puts `entry` in the place of the live entry whose version is one less. */
  replace(entry: LiveEntry, guard: WriteGuard, signal?: WorkSignal): Promise<WriteResult>;

  /**
   * Applies an amendment to the live entry in place, in one step and without reading it first,
   * and raises its version by one. Refused where it would change nothing, where something is an
   * object or none against what the amendment says, where preferences might outgrow their bound,
   * and where `now` is before the entry's `updatedAt`; the caller then decides by `current`.
   */
  amend(
    userId: string,
    amendment: Amendment,
    guard: WriteGuard,
    now: Date,
    signal?: WorkSignal,
  ): Promise<WriteResult>;

  /**
   * Puts a tombstone in the place of the live entry whose version is one less,
   * or, where its version is 1, where there is nothing. Nothing else of the entry stays.
   */
  erase(
    tombstone: Tombstone,
    guard: WriteGuard,
    signal?: WorkSignal,
  ): Promise<WriteResult<Tombstone>>;

  /** Notes that identity data as of `identityAt` was taken over and changed nothing. */
  noteIdentity(userId: string, identityAt: number, signal?: WorkSignal): Promise<void>;

  /**
   * Ids of the entries that an index holds under this value, perhaps stale:
   * read them by id before believing it.
   */
  findIds(field: LookupField, value: string, signal?: WorkSignal): Promise<string[]>;

  /**
   * Live entries in the table's own stable order, at most `limit`, after the given id.
   * An entry that exists throughout a walk is met exactly once.
   */
  list(limit: number, after?: string, signal?: WorkSignal): Promise<ListPage>;

  close(): void;
}
