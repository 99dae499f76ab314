import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { createLimit } from '../concurrency/limit.ts';
import type { Entry, Tombstone } from '../profiles/record.ts';
import { createItems, type Item } from './item.ts';

/** Erasures of one table that another, restored to an earlier moment, doesn't know of. */
export interface ErasureReplay {
  /** The table in which people were erased. It is only read. */
  readonly from: string;
  /** The restored table. */
  readonly to: string;
  /** Only erasures from this moment on, RFC 3339 in UTC with milliseconds. */
  readonly since?: string | undefined;
  /** How long a tombstone is kept where the first table has none any more, in seconds. */
  readonly retentionSeconds: number;
  readonly dryRun: boolean;
}

export interface ReplayOutcome {
  /** Erasures found in the first table. */
  readonly found: number;
  /** Profiles that were erased in the second one, or would have been. */
  readonly erased: number;
  /** People whom the second table didn't hold, whose earlier sign-ins are refused from now on. */
  readonly closed: number;
}

/** Whatever fields there are: it asks only whether and since when somebody is erased. */
const { fromItem, toItem } = createItems({ fields: new Map(), freeFields: new Map() });

const concurrentReplays = 16;
const maxAttempts = 10;

/**
 * Erases in a restored table everyone erased since, so that a restore brings nobody back. A
 * person who began afresh after the erasure counts too: what the restored table holds is of the
 * life before. May be repeated; a life begun in the restored table after an erasure is left alone.
 */
export async function replayErasures(replay: ErasureReplay): Promise<ReplayOutcome> {
  const client = new DynamoDBClient();
  try {
    return await replayAll(client, replay);
  } finally {
    client.destroy();
  }
}

async function replayAll(client: DynamoDBClient, replay: ErasureReplay): Promise<ReplayOutcome> {
  const { from, since } = replay;
  const limit = createLimit(concurrentReplays);
  const outcome = { found: 0, erased: 0, closed: 0 };
  let start: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: from,
        ConsistentRead: true,
        FilterExpression: since === undefined ? 'attribute_exists(#at)' : '#at >= :since',
        ProjectionExpression: 'userId, #version, #at, expiresAt, closing',
        ExpressionAttributeNames: { '#at': 'erasedAt', '#version': 'version' },
        ...(since !== undefined && { ExpressionAttributeValues: { ':since': { S: since } } }),
        ExclusiveStartKey: start,
      }),
    );
    await Promise.all(
      (page.Items ?? []).map((item) =>
        limit(async () => {
          outcome.found++;
          const done = await replayOne(client, replay, item);
          if (done) outcome[done]++;
        }),
      ),
    );
    start = page.LastEvaluatedKey;
  } while (start);
  return outcome;
}

async function replayOne(
  client: DynamoDBClient,
  { to, retentionSeconds, dryRun }: ErasureReplay,
  source: Item,
): Promise<'erased' | 'closed' | undefined> {
  const userId = source.userId?.S ?? '';
  const erasedAt = source.erasedAt?.S ?? '';
  const kept = Math.ceil(Date.parse(erasedAt) / 1000) + retentionSeconds;
  for (let attempt = 1; ; attempt++) {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: to, Key: { userId: { S: userId } }, ConsistentRead: true }),
    );
    const current = item && fromItem(item);
    if (current && knowsOf(current, erasedAt)) return undefined;
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
    try {
      await client.send(
        new PutItemCommand({
          TableName: to,
          Item: toItem(tombstone, `replay-${erasedAt}`),
          ConditionExpression: item ? '#version = :version' : 'attribute_not_exists(userId)',
          ...(item && {
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': { N: version } },
          }),
        }),
      );
      return done;
    } catch (error) {
      // Somebody wrote meanwhile: look again.
      if (!(error instanceof ConditionalCheckFailedException) || attempt >= maxAttempts)
        throw error;
    }
  }
}

/** The entry was erased at that time or later, or its life began after it. */
function knowsOf(current: Entry, erasedAt: string): boolean {
  if (current.erasedAt !== undefined && current.erasedAt >= erasedAt) return true;
  return current.kind === 'live' && current.profile.createdAt > erasedAt;
}
