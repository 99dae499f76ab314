import { LRUCache } from 'lru-cache';

/**
 * Holds so many entries, the least recently used goes first. It grows with what it holds: one that
 * is told its number of entries takes their memory, and 3 ms of a start, before there is any.
 */
export function createLruCache<Value extends NonNullable<unknown>>(
  maxEntries: number,
): LRUCache<string, Value> {
  return new LRUCache({ maxSize: maxEntries, sizeCalculation: () => 1 });
}
