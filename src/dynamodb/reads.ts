import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { createBackOff } from '../concurrency/back-off.ts';
import { DeadlineSignal } from '../concurrency/deadline-signal.ts';
import { createLimit } from '../concurrency/limit.ts';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Entry } from '../profiles/record.ts';
import { Refusal } from '../refusal.ts';
import { type Item, type Items, idOf } from './item.ts';
import { createReadGatherer, type Fetched } from './read-gatherer.ts';
import type { Table } from './table.ts';
import { send } from './transport/dynamodb-errors.ts';
import { sumCapacity } from './transport/observe-calls.ts';

const maxBatchKeys = 100;
const maxBatchesUnderway = 8;
/** While one is at the table, the next can be on its way: two hide the round trip. */
const promptBatches = 2;
const gatherPatienceMs = 1;
/** Batches of `findMany` under way at once; more would only wait in the sockets, against the clock. */
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
const maxUnprocessedRounds = 6;
const backOff = createBackOff({ firstMs: 40, longestMs: 640 });
/** All attempts of a gathered read, within the time budget of the requests that wait for it. */
const batchBudgetMs = 3_500;

export type Reads = ReturnType<typeof createReads>;

/** Strongly consistent reads by id. */
export function createReads({ client, tableName }: Table, { fromItem }: Items) {
  const gatherer = createReadGatherer<Entry>({
    fetchMany: fetchEach,
    maxKeys: maxBatchKeys,
    maxUnderway: maxBatchesUnderway,
    promptBelow: promptBatches,
    patienceMs: gatherPatienceMs,
    backOff,
    maxAttempts: maxUnprocessedRounds,
    createLeftError: throttled,
  });
  const bulkReads = createLimit(maxBulkReads);
  let likelyUnits = maxReadUnits / firstKeys;

  async function batchGet(keys: Item[], signal: WorkSignal | undefined) {
    const answer = await send(
      () =>
        client.send(
          new BatchGetItemCommand({
            RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
            ReturnConsumedCapacity: 'TOTAL',
          }),
          signal,
        ),
      signal,
    );
    return {
      items: answer.Responses?.[tableName] ?? [],
      left: answer.UnprocessedKeys?.[tableName]?.Keys ?? [],
      units: sumCapacity(answer),
    };
  }

  /** One BatchGetItem for many readers: a key that can't be read is the fault of none but its own. */
  async function fetchEach(ids: readonly string[]): Promise<Fetched<Entry>> {
    const found = new Map<string, Entry>();
    const failed = new Map<string, unknown>();
    // A batch belongs to no request: it gets a bound of its own.
    const signal = new DeadlineSignal(batchBudgetMs, batchTimedOut);
    try {
      const { items, left } = await batchGet(ids.map(keyOf), signal);
      for (const item of items) {
        if (items.length > 1 && isShareSpent()) await nextTurn();
        try {
          const entry = fromItem(item);
          found.set(idOf(entry), entry);
        } catch (error) {
          failed.set(item.userId?.S ?? '', error);
        }
      }
      return { found, failed, left: left.map(({ userId }) => userId?.S ?? '') };
    } catch (error) {
      // The table refuses a batch for one bad key; where it can't be reached, asking on is no use.
      if (ids.length === 1 || error instanceof Refusal) throw error;
      return fetchHalves(ids);
    } finally {
      signal.release();
    }
  }

  async function fetchHalves(ids: readonly string[]): Promise<Fetched<Entry>> {
    const middle = ids.length >> 1;
    const halves = await Promise.all(
      [ids.slice(0, middle), ids.slice(middle)].map((half) =>
        fetchEach(half).catch((error: unknown) => ({
          found: new Map<string, Entry>(),
          failed: new Map(half.map((id) => [id, error])),
          left: [],
        })),
      ),
    );
    return {
      found: new Map(halves.flatMap(({ found }) => [...found])),
      failed: new Map(halves.flatMap(({ failed }) => [...failed])),
      left: halves.flatMap(({ left }) => left),
    };
  }

  /** One BatchGetItem, and more for what it leaves unprocessed. */
  async function fetchMany(ids: readonly string[], signal: WorkSignal | undefined) {
    const entries = new Map<string, Entry>();
    let keys: Item[] = ids.map(keyOf);
    let units = 0;
    for (let round = 0; keys.length > 0; round++) {
      if (round === maxUnprocessedRounds) throw throttled();
      if (round > 0) await send(() => backOff.wait(round, signal), signal);
      const answer = await batchGet(keys, signal);
      for (const item of answer.items) {
        const entry = fromItem(item);
        entries.set(idOf(entry), entry);
        if (isShareSpent()) await nextTurn();
      }
      keys = answer.left;
      units += answer.units;
    }
    return { entries, units };
  }

  const findMany: ProfileStore['findMany'] = async (userIds, signal) => {
    const distinct = [...new Set(userIds)];
    const chunks: string[][] = [];
    while (distinct.length > 0) chunks.push(distinct.splice(0, maxBatchKeys));
    const answers = await Promise.all(
      chunks.map((chunk) => bulkReads(() => fetchMany(chunk, signal), signal)),
    );
    return new Map(answers.flatMap(({ entries }) => [...entries]));
  };

  const findSome: ProfileStore['findSome'] = async (userIds, signal) => {
    const ids = [...new Set(userIds)];
    const found = new Map<string, Entry>();
    let at = 0;
    for (let units = 0; at < ids.length && units < maxReadUnits; ) {
      // As many more as are within the bound, should they be like those before.
      const fit =
        at === 0 ? Math.floor(maxReadUnits / likelyUnits) : ((maxReadUnits - units) / units) * at;
      const count = Math.min(Math.max(Math.ceil(fit), at === 0 ? firstKeys : 1), maxBatchKeys);
      const piece = ids.slice(at, at + count);
      const read = await bulkReads(() => fetchMany(piece, signal), signal);
      for (const [id, entry] of read.entries) found.set(id, entry);
      likelyUnits = Math.max(read.units / piece.length, (1 - forgotten) * likelyUnits);
      units += Math.max(read.units, piece.length);
      at += piece.length;
    }
    return { found, unread: new Set(ids.slice(at)) };
  };

  /** Only for engines that do not return the item on a failed condition, and for absent items. */
  async function readItem(
    userId: string,
    signal: WorkSignal | undefined,
  ): Promise<Item | undefined> {
    const { items, left } = await batchGet([keyOf(userId)], signal);
    if (left.length > 0) throw throttled();
    return items[0];
  }

  const find: ProfileStore['find'] = (userId, signal) => gatherer.read(userId, signal);

  return { find, findMany, findSome, readItem };
}

function keyOf(userId: string): Item {
  return { userId: { S: userId } };
}

function batchTimedOut(): Error {
  return new Error(`A batch took longer than ${batchBudgetMs} ms`);
}

function throttled(): Refusal {
  return new Refusal('STORE_UNAVAILABLE', 'The profile table is throttling.', {
    retryAfterSeconds: 1,
  });
}
