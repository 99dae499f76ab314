import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { toAbortSignal } from '../concurrency/work-signal.ts';
import { type JsonObject, orderKeys } from '../json/json-value.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { LiveEntry } from '../profiles/record.ts';
import { fromDocument, type Item } from './item.ts';
import { type Table, timeToLiveAttribute } from './table.ts';
import { send } from './transport/dynamodb-errors.ts';

type Document = Record<string, unknown>;

/** Items a scan looks at beyond a page, so that tombstones rarely cost another call. */
const scanSlack = 10;
/** Where tombstones lie thick, each further call looks at twice as many items, up to this. */
const maxScanReach = 4_000;

/** Look-ups by an index, and the walk over the whole table. */
export function createSearches({
  client,
  documents,
  tableName,
  schema,
}: Table): Pick<ProfileStore, 'findIds' | 'list'> {
  return {
    async findIds(field, value, signal) {
      const ids: string[] = [];
      let start: Item | undefined;
      do {
        const answer = await send(
          () =>
            client.send(
              new QueryCommand({
                TableName: tableName,
                IndexName: schema.lookups.get(field),
                KeyConditionExpression: '#field = :value',
                ExpressionAttributeNames: { '#field': field },
                ExpressionAttributeValues: { ':value': { S: value } },
                ExclusiveStartKey: start,
                ReturnConsumedCapacity: 'INDEXES',
              }),
              signal,
            ),
          signal,
        );
        for (const item of answer.Items ?? []) if (item.userId?.S) ids.push(item.userId.S);
        start = answer.LastEvaluatedKey;
      } while (start);
      return ids;
    },

    async list(limit, after, signal) {
      const entries: LiveEntry[] = [];
      let start: Document | undefined = after === undefined ? undefined : { userId: after };
      let reach = limit + scanSlack;
      do {
        const answer = await send(
          () =>
            documents().send(
              new ScanCommand({
                TableName: tableName,
                ConsistentRead: true,
                Limit: reach,
                FilterExpression: 'attribute_not_exists(#tombstone)',
                ExpressionAttributeNames: { '#tombstone': timeToLiveAttribute },
                ExclusiveStartKey: start,
                ReturnConsumedCapacity: 'TOTAL',
              }),
              signal && { abortSignal: toAbortSignal(signal) },
            ),
          signal,
        );
        for (const item of answer.Items ?? []) {
          entries.push(fromDocument(orderKeys(item) as JsonObject) as LiveEntry);
        }
        start = answer.LastEvaluatedKey;
        reach = Math.min(reach * 2, maxScanReach);
        // One more than asked for tells that there is a next page, and that it is not empty.
      } while (start && entries.length <= limit);
      const page = entries.slice(0, limit);
      return {
        entries: page,
        ...(entries.length > limit && { next: page.at(-1)?.profile.userId }),
      };
    },
  };
}
