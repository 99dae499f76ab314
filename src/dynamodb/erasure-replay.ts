import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { createBackOff } from '../concurrency/back-off.ts';
import { workFewAtATime } from '../concurrency/few-at-a-time.ts';
import type { Pace } from '../concurrency/pace.ts';
import { waitFor } from '../concurrency/wait-for.ts';
import type { Entry, Tombstone } from '../profiles/record.ts';
import { checkTable } from './create-table.ts';
import { readPages } from './fields/read-pages.ts';
import { describeTable } from './indexes/change-indexes.ts';
import { createItems, type Item, writeIdsOf } from './item.ts';
import { outlastThrottling } from './transport/outlast-throttling.ts';

/** Erasures of one table that another, restored to an earlier moment, doesn't know of. */
export interface ErasureReplay {
  readonly client: DynamoDBClient;
  /** The table in which people were erased. It is only read. */
  readonly from: string;
  /** The restored table. */
  readonly to: string;
  /** Only erasures from this moment on, RFC 3339 in UTC with milliseconds. */
  readonly since?: string | undefined;
  /** How long a tombstone is kept where the first table has none any more, in seconds. */
  readonly retentionSeconds: number;
  readonly dryRun: boolean;
  /** Pages of the first table a second, each of 1 MB at most. */
  readonly pagePace: Pace;
  /** Erasures a second. */
  readonly pace: Pace;
  /** Ends the replay, at once while it waits or reads pages. */
  readonly signal: AbortSignal;
  /** Ends erasures under way; later than `signal`, which lets them finish. */
  readonly writeSignal: AbortSignal;
}

export interface ReplayTally {
  itemsRead: number;
  /** Erasures found in the first table. */
  found: number;
  /** Profiles that were erased in the second one, or would have been. */
  erased: number;
  /** People whom the second table didn't hold, whose earlier sign-ins are refused from now on. */
  closed: number;
  /** Erasures that the second table knew of, or that a life in it began after. */
  known: number;
}

export const createReplayTally = (): ReplayTally => ({
  itemsRead: 0,
  found: 0,
  erased: 0,
  closed: 0,
  known: 0,
});

/** Whatever fields there are: it asks only whether and since when somebody is erased. */
const { fromItem, toItem } = createItems({ fields: new Map(), freeFields: new Map() });

const concurrentReplays = 16;
const maxAttempts = 50;
const backOff = createBackOff({ firstMs: 5, longestMs: 500 });

/**
 * Sees that both tables are there and hold profiles: without an erasure to replay, nothing else
 * would notice a name that was mistyped.
 * @returns about how many items the first one has
 */
export async function checkReplayTables(replay: ErasureReplay): Promise<number> {
  const { client, pagePace, signal } = replay;
  const describe = async (name: string) => {
    const call = () => waitFor(describeTable(client, name), signal);
    const table = await outlastThrottling(call, pagePace, signal).catch((error) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new Error(`there is no table ${name} in this Region and account`);
    });
    checkTable(name, { lookups: new Map() }, table);
    // While it gets or loses an index, a table is in use.
    if (table.TableStatus === 'ACTIVE' || table.TableStatus === 'UPDATING') return table;
    throw new Error(`${name} can't be used yet, or any more: it is ${table.TableStatus}`);
  };
  const { ItemCount = 0 } = await describe(replay.from);
  await describe(replay.to);
  return ItemCount;
}

/**
 * Erases in a restored table everyone erased since, so that a restore brings nobody back. A
 * person who began afresh after the erasure counts too: what the restored table holds is of the
 * life before. May be ended at any moment and run again; a life begun in the restored table after
 * an erasure is left alone.
 */
export async function replayErasures(replay: ErasureReplay, tally: ReplayTally): Promise<void> {
  const { client, from, since, pagePace, pace, signal } = replay;
  const walk = { client, tableName: from, from: undefined, pace: pagePace, signal };
  const pages = readPages(walk, {
    ConsistentRead: true,
    FilterExpression: since === undefined ? 'attribute_exists(#at)' : '#at >= :since',
    ProjectionExpression: 'userId, #version, #at, expiresAt, closing',
    ExpressionAttributeNames: { '#at': 'erasedAt', '#version': 'version' },
    ...(since !== undefined && { ExpressionAttributeValues: { ':since': { S: since } } }),
  });
  for await (const { items, itemsRead } of pages) {
    tally.itemsRead += itemsRead;
    tally.found += items.length;
    await workFewAtATime(items, concurrentReplays, async (item) => {
      await pace.take(signal);
      tally[await replayOne(replay, item)]++;
    });
  }
}

async function replayOne(
  { client, to, retentionSeconds, dryRun, pace, writeSignal }: ErasureReplay,
  source: Item,
): Promise<'erased' | 'closed' | 'known'> {
  const userId = source.userId?.S ?? '';
  const erasedAt = source.erasedAt?.S ?? '';
  const kept = Math.ceil(Date.parse(erasedAt) / 1000) + retentionSeconds;
  const options = { abortSignal: writeSignal };
  /** What each write of this replay does, by its id. */
  const tried = new Map<string, 'erased' | 'closed'>();
  for (let attempt = 1; ; attempt++) {
    const get = new GetItemCommand({
      TableName: to,
      Key: { userId: { S: userId } },
      ConsistentRead: true,
    });
    const { Item: item } = await outlastThrottling(
      () => client.send(get, options),
      pace,
      writeSignal,
    );
    const current = item && fromItem(item);
    // A write whose answer was lost is remembered by the item.
    for (const id of current ? writeIdsOf(current) : []) {
      const did = tried.get(id);
      if (did) return did;
    }
    if (current && knowsOf(current, erasedAt)) return 'known';
    const version = item?.version?.N ?? '0';
    const tombstone: Tombstone = {
      kind: 'tombstone',
      userId,
      // Entity tags of both tables are in use: the next one must be new.
      version: Math.max(Number(source.version?.N ?? 0), Number(version) + 1),
      erasedAt,
      expiresAt: Number(source.expiresAt?.N ?? kept),
      closing: source.closing?.L?.flatMap(({ S }) => S ?? []),
    };
    const done = current?.kind === 'live' ? 'erased' : 'closed';
    if (dryRun) return done;
    const id = `replay-${randomUUID()}`;
    tried.set(id, done);
    const put = new PutItemCommand({
      TableName: to,
      Item: toItem(tombstone, id),
      ConditionExpression: item ? '#version = :version' : 'attribute_not_exists(userId)',
      ...(item && {
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: version } },
      }),
    });
    try {
      await outlastThrottling(() => client.send(put, options), pace, writeSignal);
      return done;
    } catch (error) {
      // Somebody wrote meanwhile: look again.
      if (!(error instanceof ConditionalCheckFailedException) || attempt >= maxAttempts)
        throw error;
    }
    await backOff.wait(attempt, writeSignal);
  }
}

/** The entry was erased at that time or later, or its life began after it. */
function knowsOf(current: Entry, erasedAt: string): boolean {
  if (current.erasedAt !== undefined && current.erasedAt >= erasedAt) return true;
  return current.kind === 'live' && current.profile.createdAt > erasedAt;
}
