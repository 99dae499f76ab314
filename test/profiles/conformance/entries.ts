import { randomUUID } from 'node:crypto';
import { planAmendment } from '../../../src/profiles/amendment.ts';
import type {
  AmendmentGuard,
  ProfileStore,
  WriteResult,
} from '../../../src/profiles/profile-store.ts';
import type {
  Entry,
  LiveEntry,
  ProfileFields,
  ProfilePatch,
  Tombstone,
} from '../../../src/profiles/record.ts';
import { createEntry, createTombstone, reviseEntry } from '../../../src/profiles/revision.ts';
import { defaultSchema } from '../../helper/default-schema.ts';

export const start = new Date('2026-11-22T10:00:00.000Z');
export const later = new Date('2026-11-22T10:00:01.000Z');
export const unavailable = { code: 'STORE_UNAVAILABLE', details: { retryAfterSeconds: 1 } };

let ticks = later.getTime();
/** A moment after every one before. */
export const tick = () => new Date(++ticks);

/** What tests do with entries of their own, in a few words. */
export function createHand(store: ProfileStore) {
  return {
    insert: async (fields: ProfileFields = {}, besides: Partial<LiveEntry> = {}) => {
      const entry = createEntry(randomUUID(), fields, { source: 'person' }, start);
      return written(await store.put({ ...entry, ...besides }));
    },
    erase: async (entry: LiveEntry) => written(await store.put(erasureOf(entry), entry)),
    amend: (entry: LiveEntry, patch: ProfilePatch, guard: AmendmentGuard = {}, at = tick()) =>
      store.amend(idOf(entry), plan(patch), guard, at),
    find: async (userId: string) => (await store.find(userId)) as LiveEntry,
  };
}

export function plan(patch: ProfilePatch) {
  const amendment = planAmendment(defaultSchema, patch, { source: 'person' });
  if (!amendment) throw new Error("This patch can't be said in place");
  return amendment;
}

/** The entry with other fields and a family name that nobody else has, so that it differs. */
export function revise(entry: LiveEntry, fields: ProfileFields): LiveEntry {
  const next = { familyName: randomUUID(), ...fields };
  const revised = reviseEntry(entry, next, { source: 'person' }, later);
  if (!revised) throw new Error('Nothing changed');
  return revised;
}

/** What an erasure a moment later leaves. */
export function erasureOf(entry: LiveEntry): Tombstone {
  return createTombstone(idOf(entry), entry, { now: tick() }, 90);
}

export function makeTombstone(
  userId: string,
  version: number,
  erasedAt = '2026-11-22T10:00:01.000Z',
): Tombstone {
  return { kind: 'tombstone', userId, version, erasedAt, expiresAt: 4_000_000_000 };
}

export function written<Written extends Entry>(result: WriteResult<Written>): Written {
  if ('current' in result) throw new Error(`Refused: ${JSON.stringify(result.current)}`);
  return result.written;
}

export function refused<Written extends Entry>(result: WriteResult<Written>): Entry | undefined {
  if (!('current' in result)) throw new Error('It was written');
  return result.current;
}

export const idOf = (entry: LiveEntry) => entry.profile.userId;
