import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../clock.ts';
import { createBackOff } from '../../concurrency/back-off.ts';
import { workFewAtATime } from '../../concurrency/few-at-a-time.ts';
import type { Pace } from '../../concurrency/pace.ts';
import { riseAbove } from '../../profiles/order.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createItems, type Item, writeIdsOf } from '../item.ts';
import { timeToLiveAttribute } from '../table.ts';
import { outlastThrottling } from '../transport/outlast-throttling.ts';
import { createWriteId } from '../write-ids.ts';
import { buildPurge, createTraceFinder, type TraceFinder } from './purge-update.ts';
import { readPages, type TableWalk } from './read-pages.ts';

export interface PurgeTally {
  itemsRead: number;
  /** Items that hold something of the field; counted by a dry run alone. */
  found: number;
  /** Items it was removed from. */
  purged: number;
  /** Items it is left in: no profiles, or written so often that no attempt came through. */
  left: number;
}

export const createPurgeTally = (): PurgeTally => ({ itemsRead: 0, found: 0, purged: 0, left: 0 });

export interface Purge extends TableWalk {
  readonly schema: ProfileSchema;
  readonly field: string;
  readonly dryRun: boolean;
  /** Writes a second. */
  readonly writePace: Pace;
  /** Ends writes under way; later than `signal`, which lets them finish. */
  readonly writeSignal: AbortSignal;
  readonly clock: Clock;
}

const concurrentWrites = 8;
const maxAttempts = 50;
const backOff = createBackOff({ firstMs: 5, longestMs: 500 });
/** Only what the order of writes needs is read of an item. */
const { fromItem } = createItems({ fields: new Map(), freeFields: new Map() });

/**
 * Removes every trace of a field from the table. May be ended at any moment and run again: what is
 * done is not found any more.
 */
export async function purgeField(
  purge: Purge,
  tally: PurgeTally,
  onPage: (next: Item | undefined) => Promise<void>,
): Promise<void> {
  const { signal, dryRun, writePace } = purge;
  const traces = createTraceFinder(purge.schema, purge.field);
  for await (const { items, itemsRead, next } of readPages(purge, traces.query())) {
    const holders = items.filter((item) => traces.find(item).length > 0);
    let left = 0;
    if (dryRun) tally.found += holders.length;
    else {
      await workFewAtATime(holders, concurrentWrites, async (item) => {
        await writePace.take(signal);
        const outcome = await purgeItem(purge, traces, item);
        if (outcome === 'purged') tally.purged++;
        if (outcome === 'left') left++;
      });
    }
    // Counted with the page: one that is read again finds those that are left again.
    tally.left += left;
    tally.itemsRead += itemsRead;
    await onPage(next);
  }
}

/** One item, read again and written again as long as others write it meanwhile. */
async function purgeItem(
  { client, tableName, clock, writePace, writeSignal }: Purge,
  traces: TraceFinder,
  read: Item,
): Promise<'purged' | 'gone' | 'left'> {
  const Key = { userId: read.userId ?? { S: '' } };
  const ids: string[] = [];
  let item: Item | undefined = read;
  for (let attempt = 1; ; attempt++) {
    if (!item || item[timeToLiveAttribute]) return 'gone';
    const paths = traces.find(item);
    if (item.version?.N === undefined || item.updatedAt?.S === undefined) return 'left';
    const entry = fromItem(item);
    if (paths.length === 0) {
      // An attempt whose answer was lost is remembered by the item.
      return writeIdsOf(entry).some((id) => ids.includes(id)) ? 'purged' : 'gone';
    }
    if (attempt > maxAttempts) return 'left';
    const at = riseAbove(entry, new Date(clock.now()));
    const id = createWriteId(at);
    ids.push(id);
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key,
      ...buildPurge(Number(item.version.N), paths, at, id),
    });
    const send = () => client.send(update, { abortSignal: writeSignal });
    try {
      await outlastThrottling(send, writePace, writeSignal);
      return 'purged';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    await backOff.wait(attempt, writeSignal);
    const again = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
    const get = () => client.send(again, { abortSignal: writeSignal });
    item = (await outlastThrottling(get, writePace, writeSignal)).Item;
  }
}
