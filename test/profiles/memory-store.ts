import { setImmediate as turn } from 'node:timers/promises';
import type { WorkSignal } from '../../src/concurrency/work-signal.ts';
import { isJsonObject, measureBytes } from '../../src/json/json-value.ts';
import type { Amendment } from '../../src/profiles/amendment.ts';
import type {
  AmendmentGuard,
  ProfileStore,
  WriteResult,
  WriteToken,
} from '../../src/profiles/profile-store.ts';
import type { Entry, LiveEntry, Tombstone } from '../../src/profiles/record.ts';
import { readFields, reviseEntry } from '../../src/profiles/revision.ts';
import { idOf, type MemoryPlace, unavailable, versionOf, type Write } from './memory-place.ts';
import { readAt, removeAt, writeAt } from './nested-values.ts';

const maxAttempts = 3;
const maxFound = 100;
/** What is read for one answer. */
const maxBytes = 1024 * 1024;

/** Carries one attempt to the place: undefined where it, or its answer, was lost on the way. */
export type Carry = <T>(
  attempt: () => T,
  kind: 'read' | 'write',
) => Promise<{ readonly answer: T } | undefined>;

const puts = new WeakMap<WriteToken, unknown>();

/** A store in memory, for tests of the rules of profiles. Without `carry`, nothing is lost. */
export function createMemoryStore(
  place: MemoryPlace,
  carry: Carry = async (attempt) => {
    await turn();
    return { answer: attempt() };
  },
): ProfileStore {
  async function send<T>(
    attempt: () => T,
    signal: WorkSignal | undefined,
    kind: 'read' | 'write' = 'read',
  ): Promise<T> {
    for (let attempts = 0; attempts < maxAttempts; attempts++) {
      signal?.throwIfAborted();
      const carried = await carry(attempt, kind);
      signal?.throwIfAborted();
      if (carried) return carried.answer;
    }
    throw unavailable('The store does not answer.');
  }

  function write<Written extends Entry>(
    write: Write<Written>,
    signal: WorkSignal | undefined,
  ): Promise<WriteResult<Written>> {
    return send(() => place.attempt(write), signal, 'write');
  }

  const { entries } = place;
  const findAll = (ids: Iterable<string>) =>
    new Map([...ids].flatMap((id) => entries.get(id) ?? []).map((entry) => [idOf(entry), entry]));

  return {
    find: (userId, signal) => send(() => entries.get(userId), signal),
    show: (userId, signal) => send(() => entries.get(userId), signal),
    findMany: (userIds, signal) => send(() => findAll(new Set(userIds)), signal),

    findSome: (userIds, signal) =>
      send(() => {
        const ids = [...new Set(userIds)];
        const fit = countFitting(ids.map((id) => entries.get(id)));
        const found = [...findAll(ids.slice(0, fit)).values()].flatMap((entry) =>
          entry.kind === 'live' ? [[entry.profile.userId, entry.profile] as const] : [],
        );
        return { found: new Map(found), unread: new Set(ids.slice(fit)) };
      }, signal),

    put: <Written extends Entry>(
      entry: Written,
      over?: Entry,
      signal?: WorkSignal,
      token: WriteToken = {},
    ) => {
      const known = puts.get(token) as Write<Written> | undefined;
      const put: Write<Written> = known ?? {
        userId: idOf(entry),
        apply: (current) => (isSame(current, over) ? structuredClone(entry) : undefined),
        recall: (_current, written) => written,
      };
      puts.set(token, put);
      return write(put, signal);
    },

    amend: (userId, amendment, guard, at, signal) =>
      write<LiveEntry>(
        {
          userId,
          apply: (current) =>
            isOpenTo(guard, current) && current.profile.updatedAt < at.toISOString()
              ? amend(current, amendment, at)
              : undefined,
          recall: (current) =>
            isOpenTo({ erasedAt: guard.erasedAt }, current) ? current : undefined,
        },
        signal,
      ),

    noteIdentity: (userId, identityAt, signal) =>
      send(() => place.noteIdentity(userId, identityAt), signal, 'write'),

    findIds: (field, value, signal) =>
      send(() => {
        const holders = [...entries.values()].filter(
          (entry) => entry.kind === 'live' && entry.profile[field] === value,
        );
        return holders.slice(0, maxFound).map(idOf);
      }, signal),

    list: (limit, after, signal) =>
      send(() => {
        const live = [...entries.values()]
          .filter((entry) => entry.kind === 'live')
          .filter((entry) => after === undefined || idOf(entry) > after)
          .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
        const page = live.slice(0, Math.min(limit, countFitting(live)));
        const next = page.length < live.length ? page.at(-1) : undefined;
        return { entries: page, ...(next && { next: idOf(next) }) };
      }, signal),

    listClosing: (after, signal) =>
      send(() => {
        const closing = [...entries.values()]
          .filter((entry) => entry.kind === 'tombstone' && entry.closing !== undefined)
          .filter((entry) => after === undefined || idOf(entry) > after)
          .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
        return { entries: closing as Tombstone[] };
      }, signal),

    noteUserless: (userId, version, since, signal) =>
      send(() => place.noteUserless(userId, version, since), signal, 'write'),

    close() {},
  };
}

/** Whether `current` is exactly the entry that a write is to take the place of. */
function isSame(current: Entry | undefined, over: Entry | undefined): boolean {
  if (current?.kind === 'tombstone' && over?.kind === 'tombstone')
    return current.erasedAt === over.erasedAt;
  return current?.kind === over?.kind && versionOf(current) === versionOf(over);
}

function isOpenTo(guard: AmendmentGuard, current: Entry | undefined): current is LiveEntry {
  return (
    current?.kind === 'live' &&
    current.erasedAt === guard.erasedAt &&
    (guard.version === undefined || guard.version === current.profile.version)
  );
}

/** The entry after the amendment; undefined where it changes nothing, or has not this shape. */
function amend(entry: LiveEntry, amendment: Amendment, at: Date): LiveEntry | undefined {
  const fields = structuredClone(readFields(entry));
  const { set, create, remove, objects, growth, author } = amendment;
  const isObject = (path: readonly string[]) => isJsonObject(readAt(fields, path));
  if (!objects.every(isObject) || create.some(({ path }) => isObject(path))) return undefined;
  for (const { field, bytes, maxBytes, begins } of growth) {
    if (!begins && measureBytes(fields[field] ?? null) + bytes > maxBytes) return undefined;
  }
  for (const { path, value } of [...set, ...create]) writeAt(fields, path, structuredClone(value));
  for (const path of remove) removeAt(fields, path);
  return reviseEntry(entry, fields, author, at, amendment.fields);
}

/** How many of these, from the first on, are held at once: at least one. */
function countFitting(found: readonly (Entry | undefined)[]): number {
  let bytes = 0;
  const end = found.findIndex((entry) => {
    bytes += entry?.kind === 'live' ? measureBytes(entry.profile as never) : 0;
    return bytes > maxBytes;
  });
  return end < 0 ? found.length : Math.max(1, end);
}
