import { createLimit } from '../concurrency/limit.ts';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Entry, Profile } from '../profiles/record.ts';
import {
  type BatchGet,
  keyOf,
  maxBatchKeys,
  maxUnprocessedRounds,
  throttled,
  unprocessedBackOff,
} from './batch-get.ts';
import type { Projection } from './expression.ts';
import { type Item, type Items, idOf } from './item.ts';
import type { ProfileProjection } from './profile-projection.ts';
import { send } from './transport/dynamodb-errors.ts';

/** Batches under way at once; more would only wait in the sockets, against the clock. */
const maxBulkReads = 8;
/** What is read for one answer: 1 MB as the table counts, as much as one Scan looks at. */
export const maxReadUnits = 256;
/**
 * Keys of the first piece of such a read at least; by what it took, the next are as large as they
 * may be. After small ones the first is larger, and may read several times the bound, once.
 */
const firstKeys = 16;
/** How much of what a key may take is forgotten with each piece that took less. */
const forgotten = 0.2;

/** Reads of many ids for one caller, not gathered with anybody's. */
export function createBulkReads(
  batchGet: BatchGet,
  { fromItem }: Items,
  { projection, toProfile }: ProfileProjection,
) {
  const limit = createLimit(maxBulkReads);
  let likelyUnits = maxReadUnits / firstKeys;

  /**
   * One BatchGetItem, and more for what it leaves unprocessed.
   * @returns the read units that it took
   */
  async function fetchAll(
    ids: readonly string[],
    take: (item: Item) => void,
    signal: WorkSignal | undefined,
    projection?: Projection,
  ): Promise<number> {
    let keys: Item[] = ids.map(keyOf);
    let units = 0;
    for (let round = 0; keys.length > 0; round++) {
      if (round === maxUnprocessedRounds) throw throttled();
      if (round > 0) await send(() => unprocessedBackOff.wait(round, signal), signal);
      const answer = await batchGet(keys, signal, projection);
      for (const item of answer.items) {
        take(item);
        if (isShareSpent()) await nextTurn();
      }
      keys = answer.left;
      units += answer.units;
    }
    return units;
  }

  const findMany: ProfileStore['findMany'] = async (userIds, signal) => {
    const distinct = [...new Set(userIds)];
    const chunks: string[][] = [];
    while (distinct.length > 0) chunks.push(distinct.splice(0, maxBatchKeys));
    const entries = new Map<string, Entry>();
    const take = (item: Item) => {
      const entry = fromItem(item);
      entries.set(idOf(entry), entry);
    };
    await Promise.all(chunks.map((chunk) => limit(() => fetchAll(chunk, take, signal), signal)));
    return entries;
  };

  const findSome: ProfileStore['findSome'] = async (userIds, signal) => {
    const ids = [...new Set(userIds)];
    const found = new Map<string, Profile>();
    const take = (item: Item) => {
      const profile = toProfile(item);
      if (profile) found.set(profile.userId, profile);
    };
    let at = 0;
    for (let units = 0; at < ids.length && units < maxReadUnits; ) {
      // As many more as are within the bound, should they be like those before.
      const fit =
        at === 0 ? Math.floor(maxReadUnits / likelyUnits) : ((maxReadUnits - units) / units) * at;
      const count = Math.min(Math.max(Math.ceil(fit), at === 0 ? firstKeys : 1), maxBatchKeys);
      const piece = ids.slice(at, at + count);
      const taken = await limit(() => fetchAll(piece, take, signal, projection), signal);
      likelyUnits = Math.max(taken / piece.length, (1 - forgotten) * likelyUnits);
      units += Math.max(taken, piece.length);
      at += piece.length;
    }
    return { found, unread: new Set(ids.slice(at)) };
  };

  return { findMany, findSome };
}
