import { riseAbove } from '../../../src/profiles/order.ts';
import type { ProfileStore } from '../../../src/profiles/profile-store.ts';
import type {
  Entry,
  LiveEntry,
  ProfileFields,
  ProfilePatch,
} from '../../../src/profiles/record.ts';
import { createTombstone, reviseEntry } from '../../../src/profiles/revision.ts';
import { idOf, plan, start, written } from './entries.ts';

/** What a task thinks whose clock is ten minutes ahead of all the others. */
export const ahead = new Date('2026-11-22T10:10:00.000Z');

/** Another task, whose clock is behind. */
export function createOthers(store: ProfileStore) {
  const follow = async (userId: string, patch: ProfilePatch): Promise<LiveEntry> => {
    const entry = await store.find(userId);
    if (entry?.kind !== 'live') throw new Error('There is no profile to follow on');
    const guard = { erasedAt: entry.erasedAt };
    return written(await store.amend(userId, plan(patch), guard, riseAbove(entry, start)));
  };
  const followOften = async (userId: string, times: number): Promise<void> => {
    for (let n = 1; n <= times; n++) await follow(userId, { familyName: `other ${n}` });
  };
  return { follow, followOften };
}

export function bury(entry: Entry) {
  const userId = entry.kind === 'live' ? idOf(entry) : entry.userId;
  return createTombstone(userId, entry, { now: start }, 90);
}

export function reviseAsService(entry: LiveEntry, fields: ProfileFields): LiveEntry {
  return reviseEntry(entry, fields, { source: 'service' }, start) as LiveEntry;
}
