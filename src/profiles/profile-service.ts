import type { WorkSignal } from '../concurrency/work-signal.ts';
import { createOwnProfile } from './own-profile.ts';
import { createProfileWrites, type ProfileWritesOptions } from './profile-writes.ts';
import type { FieldName, LiveEntry, Profile } from './record.ts';
import { assertLive, type Guard } from './refusals.ts';

export type ProfileService = ReturnType<typeof createProfileService>;

/** The rules of profiles: how they come to be, change, are found and end. */
export function createProfileService(options: ProfileWritesOptions) {
  const { store, now } = options;
  const writes = createProfileWrites(options);

  /** @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED */
  async function get(userId: string, guard: Guard, signal?: WorkSignal): Promise<LiveEntry> {
    return assertLive(await store.find(userId, signal), guard);
  }

  /**
   * Live profiles in the order asked for, duplicates kept, and the ids that have none. What was
   * asked for last may stay unread, where those before it are large.
   */
  async function getMany(userIds: readonly string[], signal?: WorkSignal) {
    const { found: profiles, unread } = await store.findSome(userIds, signal);
    const found: Profile[] = [];
    const missing = new Set<string>();
    const end = userIds.findIndex((userId) => unread.has(userId));
    const [read, left] = end < 0 ? [userIds, []] : [userIds.slice(0, end), userIds.slice(end)];
    for (const userId of read) {
      const profile = profiles.get(userId);
      if (profile) found.push(profile);
      else missing.add(userId);
    }
    return { found, missing: [...missing], unread: left.filter((id) => !missing.has(id)) };
  }

  /** Profiles whose field has this value now, whatever the index still says. */
  async function findBy(field: FieldName, value: string, signal?: WorkSignal) {
    const ids = await store.findIds(field, value, signal);
    // One by one, for the store gathers them with whatever else is being read.
    const entries = await Promise.all(ids.map((id) => store.find(id, signal)));
    return entries.filter(
      (entry): entry is LiveEntry => entry?.kind === 'live' && entry.profile[field] === value,
    );
  }

  return {
    get,
    getMany,
    findBy,
    list: store.list,
    find: store.find,
    findSome: store.findSome,
    ...writes,
    ...createOwnProfile({ store, now, writes }),
  };
}
