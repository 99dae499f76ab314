import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore } from './profile-store.ts';
import type { Profile } from './record.ts';

export interface PeopleFound {
  /** In the order asked, duplicates kept. */
  readonly texts: readonly string[];
  readonly missing: readonly string[];
  /** What there was no room for. */
  readonly unread: readonly string[];
}

interface PeopleStore extends Pick<ProfileStore, 'findSome'> {
  readonly findShown: ProfileStore['show'];
}

/**
 * People as others may look at them. Somebody who hides, was erased or never was is nobody, alike
 * in everything. Looking makes no profile, refreshes none and asks no identity provider.
 */
export function createPeople({ findShown, findSome }: PeopleStore) {
  async function findListed(userId: string, signal: WorkSignal): Promise<Profile | undefined> {
    const entry = await findShown(userId, signal);
    return whereListed(entry?.kind === 'live' ? entry.profile : undefined);
  }

  /**
   * Each of them as `write` puts it, until `maxBytes` are full; at least one. Where that ends
   * follows from what is written alone: what else is held about anybody, and how much, moves nothing.
   */
  async function writeListed(
    userIds: readonly string[],
    write: (profile: Profile) => string,
    maxBytes: number,
    signal: WorkSignal,
  ): Promise<PeopleFound> {
    const written = new Map<string, string | undefined>();
    let waiting: readonly string[] = [...new Set(userIds)];
    /** Piece by piece, each within what is to be held at once. */
    const readOn = async () => {
      const { found, unread } = await findSome(waiting, signal);
      for (const userId of waiting) {
        if (unread.has(userId)) continue;
        const profile = whereListed(found.get(userId));
        written.set(userId, profile && write(profile));
        if (isShareSpent()) await nextTurn();
      }
      waiting = waiting.filter((userId) => unread.has(userId));
    };

    const texts: string[] = [];
    const missing = new Set<string>();
    let bytes = 0;
    for (const [at, userId] of userIds.entries()) {
      while (!written.has(userId)) await readOn();
      const text = written.get(userId);
      if (text === undefined) {
        missing.add(userId);
        continue;
      }
      bytes += Buffer.byteLength(text);
      if (bytes > maxBytes && texts.length > 0) {
        const unread = userIds.slice(at).filter((id) => !missing.has(id));
        return { texts, missing: [...missing], unread };
      }
      texts.push(text);
    }
    return { texts, missing: [...missing], unread: [] };
  }

  return { findListed, writeListed };
}

/** Whatever else than true stands there, somebody meant to hide. */
function whereListed(profile: Profile | undefined): Profile | undefined {
  const listed = profile?.listed;
  return listed === undefined || listed === true ? profile : undefined;
}
