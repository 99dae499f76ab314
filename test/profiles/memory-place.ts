import type { WriteResult } from '../../src/profiles/profile-store.ts';
import type { Entry } from '../../src/profiles/record.ts';
import { Refusal } from '../../src/refusal.ts';
import { freeze } from './nested-values.ts';

/** One write, however often it is attempted. */
export interface Write<Written extends Entry> {
  readonly userId: string;
  /** What it leaves in the place of `current`; undefined where it is refused. */
  apply(current: Entry | undefined): Written | undefined;
  /** What to answer where it was applied earlier; undefined where that is gone. */
  recall(current: Entry | undefined, written: Written): Written | undefined;
}

/** What several stores share, as several tasks share a table. */
export interface MemoryPlace {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Told of every write that was applied, in their order. */
  onCommit?: (entry: Entry) => void;
  /** Takes one step at once. The first attempt of a write decides what becomes of all of them. */
  attempt<Written extends Entry>(write: Write<Written>): WriteResult<Written>;
  noteIdentity(userId: string, identityAt: number): void;
  noteUserless(userId: string, version: number, since: string | undefined): boolean;
}

export function createMemoryPlace(): MemoryPlace {
  const entries = new Map<string, Entry>();
  const decided = new WeakMap<Write<Entry>, Entry | 'refused'>();

  const place: MemoryPlace = {
    entries,

    attempt<Written extends Entry>(write: Write<Written>): WriteResult<Written> {
      const current = entries.get(write.userId);
      const earlier = decided.get(write);
      if (earlier === 'refused') return { current };
      if (earlier) {
        const recalled = write.recall(current, earlier as Written);
        if (!recalled) throw unavailable('It is unknown whether this write happened.');
        return { written: recalled };
      }
      const written = write.apply(current);
      decided.set(write, written ?? 'refused');
      if (!written) return { current };
      assertFollows(written, current);
      entries.set(write.userId, freeze(written));
      place.onCommit?.(written);
      return { written };
    },

    noteIdentity(userId, identityAt) {
      const entry = entries.get(userId);
      if (entry?.kind !== 'live' || (entry.identityAt ?? 0) >= identityAt) return;
      entries.set(userId, freeze({ ...entry, identityAt }));
    },

    noteUserless(userId, version, since) {
      const entry = entries.get(userId);
      if (entry?.kind !== 'live' || versionOf(entry) !== version) return false;
      const { userlessSince, ...bare } = entry;
      entries.set(userId, freeze(since === undefined ? bare : { ...bare, userlessSince: since }));
      return true;
    },
  };
  return place;
}

/** What a caller of the port owes it: each write is the next version and of a later moment. */
function assertFollows(next: Entry, last: Entry | undefined): void {
  const isNext = versionOf(next) === versionOf(last) + 1 || !last;
  if (!isNext || (last && momentOf(next) <= momentOf(last)))
    throw new Error(`Version ${versionOf(next)} does not follow on ${versionOf(last)}`);
}

export function idOf(entry: Entry): string {
  return entry.kind === 'live' ? entry.profile.userId : entry.userId;
}

export function versionOf(entry: Entry | undefined): number {
  return (entry?.kind === 'live' ? entry.profile.version : entry?.version) ?? 0;
}

function momentOf(entry: Entry): string {
  return entry.kind === 'live' ? entry.profile.updatedAt : entry.erasedAt;
}

export function unavailable(detail: string): Refusal {
  return new Refusal('STORE_UNAVAILABLE', detail, { retryAfterSeconds: 1 });
}
