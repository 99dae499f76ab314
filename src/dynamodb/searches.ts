import type { QueryInput, ScanInput } from '@aws-sdk/client-dynamodb';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { FieldName, LiveEntry, Tombstone } from '../profiles/record.ts';
import { Refusal } from '../refusal.ts';
import { keyOf } from './batch-get.ts';
import { maxReadUnits } from './bulk-reads.ts';
import type { Item, Items } from './item.ts';
import { type Table, timeToLiveAttribute } from './table.ts';
import { send, translateStoreError } from './transport/dynamodb-errors.ts';
import { sumCapacity } from './transport/observe-calls.ts';

/** Profiles that one lookup finds at most. An index holds keys alone, so one page has them. */
const maxFound = 100;
/** An index is made in minutes to hours: sooner than this, nothing changes. */
const indexRetrySeconds = 30;

/** Items a scan looks at beyond a page, so that tombstones rarely cost another call. */
const scanSlack = 10;
/** Where tombstones lie thick, each further call looks at twice as many items, up to this. */
const maxScanReach = 4_000;

/** Look-ups by an index, and the walk over the whole table. */
export function createSearches(
  { client, tableName, schema }: Table,
  { fromItem }: Items,
): Pick<ProfileStore, 'findIds' | 'list' | 'listClosing'> {
  const scan = (
    filter: Pick<ScanInput, 'FilterExpression' | 'ExpressionAttributeNames'>,
    reach: number,
    start: Item | undefined,
    signal: WorkSignal | undefined,
  ) => {
    const input: ScanInput = {
      TableName: tableName,
      ConsistentRead: true,
      Limit: reach,
      ...filter,
      ExclusiveStartKey: start,
      ReturnConsumedCapacity: 'TOTAL',
    };
    return send(() => client.call('Scan', input, signal), signal);
  };

  return {
    async findIds(field, value, signal) {
      const input: QueryInput = {
        TableName: tableName,
        IndexName: schema.lookups.get(field),
        KeyConditionExpression: '#field = :value',
        ExpressionAttributeNames: { '#field': field },
        ExpressionAttributeValues: { ':value': { S: value } },
        Limit: maxFound,
        ReturnConsumedCapacity: 'INDEXES',
      };
      try {
        const { Items = [] } = await client.call('Query', input, signal);
        return Items.flatMap(({ userId }) => userId?.S ?? []);
      } catch (error) {
        if (isIndexUnready(error)) throw unready(field);
        throw translateStoreError(error, signal);
      }
    },

    async list(limit, after, signal) {
      const entries: LiveEntry[] = [];
      let start = startAfter(after);
      let reach = limit + scanSlack;
      let units = 0;
      do {
        const filter = {
          // Tombstones have none, nor has what another program keeps here.
          FilterExpression: 'attribute_exists(updatedAt)',
        };
        const answer = await scan(filter, reach, start, signal);
        for (const item of answer.Items ?? []) {
          entries.push(fromItem(item) as LiveEntry);
          if (isShareSpent()) await nextTurn();
        }
        units += sumCapacity(answer);
        start = answer.LastEvaluatedKey;
        reach = Math.min(reach * 2, maxScanReach);
        // One more than is answered tells that there is a next page, and that it is not empty.
      } while (start && entries.length <= limit && (units < maxReadUnits || entries.length < 2));
      const ends = start === undefined && entries.length <= limit;
      const page = ends ? entries : entries.slice(0, Math.min(limit, entries.length - 1));
      return { entries: page, ...(!ends && { next: page.at(-1)?.profile.userId }) };
    },

    async listClosing(after, signal) {
      const filter = {
        FilterExpression: 'attribute_exists(#tombstone) AND attribute_exists(#closing)',
        ExpressionAttributeNames: { '#tombstone': timeToLiveAttribute, '#closing': 'closing' },
      };
      const answer = await scan(filter, maxScanReach, startAfter(after), signal);
      const entries = (answer.Items ?? []).map((item) => fromItem(item) as Tombstone);
      const next = answer.LastEvaluatedKey?.userId?.S;
      return { entries, ...(next !== undefined && { next }) };
    },
  };
}

function startAfter(userId: string | undefined): Item | undefined {
  return userId === undefined ? undefined : keyOf(userId);
}

/** DynamoDB has no code of its own for an index that is missing or still being filled. */
function isIndexUnready(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    /does not have the specified index|backfilling global secondary index/.test(error.message)
  );
}

function unready(field: FieldName): Refusal {
  return new Refusal('STORE_UNAVAILABLE', `Lookups by ${field} are not ready yet.`, {
    retryAfterSeconds: indexRetrySeconds,
  });
}
