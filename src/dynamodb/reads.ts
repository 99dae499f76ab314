import { DeadlineSignal } from '../concurrency/deadline-signal.ts';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { Refusal } from '../refusal.ts';
import {
  createBatchGet,
  keyOf,
  maxBatchKeys,
  maxUnprocessedRounds,
  throttled,
  unprocessedBackOff,
} from './batch-get.ts';
import { createBulkReads } from './bulk-reads.ts';
import type { Projection } from './expression.ts';
import type { Item, Items } from './item.ts';
import { createProfileProjection } from './profile-projection.ts';
import { createReadGatherer, type Fetched } from './read-gatherer.ts';
import type { Table } from './table.ts';

const maxBatchesUnderway = 8;
/** While one is at the table, the next can be on its way: two hide the round trip. */
const promptBatches = 2;
const gatherPatienceMs = 1;
/** All attempts of a gathered read, within the time budget of the requests that wait for it. */
const batchBudgetMs = 3_500;

export type Reads = ReturnType<typeof createReads>;

/**
 * To name what is wanted costs as much as to leave out of six items what isn't, so it is done for more:
 * CPU of a read at 64 connections 12% less, of one alone 6% more.
 */
const minProjectedKeys = 8;

/** Strongly consistent reads by id. */
export function createReads(table: Table, items: Items) {
  const batchGet = createBatchGet(table);
  const shown = createProfileProjection(table.schema, items);

  /** Reads of one kind, gathered. */
  function gather<Value>(fromItem: (item: Item) => Value, projection?: Projection) {
    /** One BatchGetItem for many readers: a key that can't be read is the fault of none but its own. */
    async function fetchEach(ids: readonly string[]): Promise<Fetched<Value>> {
      const found = new Map<string, Value>();
      const failed = new Map<string, unknown>();
      // A batch belongs to no request: it gets a bound of its own.
      const signal = new DeadlineSignal(batchBudgetMs, batchTimedOut);
      try {
        const wanted = ids.length < minProjectedKeys ? undefined : projection;
        const { items, left } = await batchGet(ids.map(keyOf), signal, wanted);
        for (const item of items) {
          if (items.length > 1 && isShareSpent()) await nextTurn();
          const id = item.userId?.S ?? '';
          try {
            found.set(id, fromItem(item));
          } catch (error) {
            failed.set(id, error);
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

    async function fetchHalves(ids: readonly string[]): Promise<Fetched<Value>> {
      const middle = ids.length >> 1;
      const halves = await Promise.all(
        [ids.slice(0, middle), ids.slice(middle)].map((half) =>
          fetchEach(half).catch((error: unknown) => ({
            found: new Map<string, Value>(),
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

    return createReadGatherer<Value>({
      fetchMany: fetchEach,
      maxKeys: maxBatchKeys,
      maxUnderway: maxBatchesUnderway,
      promptBelow: promptBatches,
      patienceMs: gatherPatienceMs,
      backOff: unprocessedBackOff,
      maxAttempts: maxUnprocessedRounds,
      createLeftError: throttled,
    }).read;
  }

  /** Only for engines that do not return the item on a failed condition, and for absent items. */
  async function readItem(
    userId: string,
    signal: WorkSignal | undefined,
  ): Promise<Item | undefined> {
    const { items, left } = await batchGet([keyOf(userId)], signal);
    if (left.length > 0) throw throttled();
    return items[0];
  }

  const find: ProfileStore['find'] = gather(items.fromItem);
  const show: ProfileStore['show'] = gather(shown.toShown, shown.shownProjection);

  return { find, show, readItem, ...createBulkReads(batchGet, items, shown) };
}

function batchTimedOut(): Error {
  return new Error(`A batch took longer than ${batchBudgetMs} ms`);
}
