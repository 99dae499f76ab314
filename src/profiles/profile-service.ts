import type { WorkSignal } from '../concurrency/work-signal.ts';
import { createOwnProfile } from './own-profile.ts';
import { createProfileWrites, type ProfileWritesOptions } from './profile-writes.ts';
import type { FieldName, Live, LiveEntry, Profile, ShownEntry } from './record.ts';
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

  /** @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED */
  async function show(userId: string, signal?: WorkSignal): Promise<Profile> {
    return assertLive(await store.show(userId, signal), {}).profile;
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
  async function readBy<Met extends ShownEntry>(
    read: (userId: string, signal?: WorkSignal) => Promise<Met | undefined>,
    field: FieldName,
    value: string,
    signal?: WorkSignal,
  ): Promise<Live<Met>[]> {
    const ids = await store.findIds(field, value, signal);
    // One by one, for the store gathers them with whatever else is being read.
    const entries = await Promise.all(ids.map((id) => read(id, signal)));
    return entries.filter(
      (entry): entry is Live<Met> & Awaited<Met> =>
        entry?.kind === 'live' && entry.profile[field] === value,
    );
  }

  const findBy = (field: FieldName, value: string, signal?: WorkSignal) =>
    readBy(store.find, field, value, signal);
  const showBy = (field: FieldName, value: string, signal?: WorkSignal) =>
    readBy(store.show, field, value, signal);

  return {
    get,
    show,
    getMany,
    findBy,
    showBy,
    list: store.list,
    findShown: store.show,
    findSome: store.findSome,
    ...writes,
    ...createOwnProfile({ store, now, writes }),
  };
}
