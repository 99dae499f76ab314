import { createLruCache } from '../lru-cache.ts';
import type { Entry } from './record.ts';

/**
 * A moment for the next write of this entry: now, or a millisecond after everything that was
 * written so far. So the order of a profile's writes, through all its lives, rests on no clock.
 */
export function riseAbove(entry: Entry | undefined, now: Date): Date {
  const last = entry && lastMoment(entry);
  return last === undefined ? now : new Date(Math.max(now.getTime(), Date.parse(last) + 1));
}

function lastMoment(entry: Entry): string {
  if (entry.kind === 'tombstone') return entry.erasedAt;
  const { profile, fencedAt = '' } = entry;
  // RFC 3339 times in one format compare as text.
  if (fencedAt > profile.updatedAt) return fencedAt;
  return profile.updatedAt;
}

/** Profiles written by one task at the same moment are few; forgetting one costs a refused write. */
const maxRemembered = 1_000;

/**
 * Moments for writes in place, each profile's own, as `riseAbove`: no two that this process takes
 * are the same, for of two writes with one moment the second is refused.
 */
export function createMoments(now: () => Date) {
  const taken = createLruCache<number>(maxRemembered);
  return function takeMoment(userId: string, above?: Entry): Date {
    const earliest = riseAbove(above, now()).getTime();
    const at = Math.max(earliest, (taken.get(userId) ?? 0) + 1);
    taken.set(userId, at);
    return new Date(at);
  };
}
