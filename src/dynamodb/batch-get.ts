import { createBackOff } from '../concurrency/back-off.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import type { Projection } from './expression.ts';
import type { Item } from './item.ts';
import type { Table } from './table.ts';
import { send } from './transport/dynamodb-errors.ts';
import { sumCapacity } from './transport/observe-calls.ts';

export const maxBatchKeys = 100;
/** How often keys are asked for that a busy table leaves unprocessed, and the pauses between. */
export const maxUnprocessedRounds = 6;
export const unprocessedBackOff = createBackOff({ firstMs: 40, longestMs: 640 });

export type BatchGet = ReturnType<typeof createBatchGet>;

/** One BatchGetItem, strongly consistent, of whole items or of a part of each. */
export function createBatchGet({ client, tableName }: Table) {
  return async function batchGet(
    keys: Item[],
    signal: WorkSignal | undefined,
    projection?: Projection,
  ) {
    const answer = await send(
      () =>
        client.call(
          'BatchGetItem',
          {
            RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true, ...projection } },
            ReturnConsumedCapacity: 'TOTAL',
          },
          signal,
        ),
      signal,
    );
    return {
      items: answer.Responses?.[tableName] ?? [],
      left: answer.UnprocessedKeys?.[tableName]?.Keys ?? [],
      units: sumCapacity(answer),
    };
  };
}

export function keyOf(userId: string): Item {
  return { userId: { S: userId } };
}

export function throttled(): Refusal {
  return new Refusal('STORE_UNAVAILABLE', 'The profile table is throttling.', {
    retryAfterSeconds: 1,
  });
}
