import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { WriteResult } from '../profiles/profile-store.ts';
import type { Entry } from '../profiles/record.ts';
import { Refusal } from '../refusal.ts';
import { isLive, isNotFenced } from './conditions.ts';
import { createExpressionScope } from './expression.ts';
import { type Item, type Items, versionOf, writeIdsOf } from './item.ts';
import type { Reads } from './reads.ts';
import type { Table } from './table.ts';
import { isPathAbsent, translateStoreError } from './transport/dynamodb-errors.ts';
import { isProvenUnwritten } from './write-ids.ts';

export interface ConditionalWrite<Written extends Entry> {
  readonly userId: string;
  readonly id: string;
  /** The moment it is ordered by, RFC 3339. */
  readonly at: string;
  send(): Promise<Written>;
  /** What to answer where the write happened, though others may have followed it. */
  recall(current: Entry): Written | undefined;
  /** Whether an attempt that is still on its way could be applied to this. */
  couldApplyTo(current: Entry | undefined): boolean;
  /** The only version it can have written, if there is one. */
  readonly version?: number | undefined;
}

/** Runs conditional writes whose refusals are final: no attempt of a refused one happens later. */
export function createConditionalWrites(
  { client, tableName }: Table,
  { fromItem }: Items,
  { readItem }: Reads,
) {
  return async function writeOnce<Written extends Entry>(
    write: ConditionalWrite<Written>,
    signal: WorkSignal | undefined,
  ): Promise<WriteResult<Written>> {
    try {
      return { written: await write.send() };
    } catch (error) {
      const { item, attempts } = await readRefusal(error, write.userId, signal);
      const refusal = settle(write, item, attempts === 1);
      if (refusal.isFinal) return refusal.result;
      return settle(write, await fence(write, signal), false).result;
    }
  };

  /** What was met. The first of several attempts may have had effect, or may have it yet. */
  async function readRefusal(error: unknown, userId: string, signal: WorkSignal | undefined) {
    if (isPathAbsent(error)) {
      return { item: await readItem(userId, signal), attempts: error.$metadata.attempts };
    }
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw translateStoreError(error, signal);
    }
    const item = error.Item ?? (await readItem(userId, signal));
    return { item, attempts: error.$metadata.attempts };
  }

  /** From here on no write of this moment can be applied to the item, which is answered. */
  async function fence(
    { userId, at }: { userId: string; at: string },
    signal: WorkSignal | undefined,
  ): Promise<Item | undefined> {
    const scope = createExpressionScope();
    const condition = `${isLive(scope)} AND ${isNotFenced(scope, at)}`;
    try {
      const { Attributes } = await client.call(
        'UpdateItem',
        {
          TableName: tableName,
          Key: { userId: { S: userId } },
          UpdateExpression: `SET ${scope.path('fencedAt')} = ${scope.value(at)}`,
          ConditionExpression: condition,
          ...scope.attributes(),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ReturnConsumedCapacity: 'INDEXES',
        },
        signal,
      );
      return Attributes;
    } catch (error) {
      return (await readRefusal(error, userId, signal)).item;
    }
  }

  /** What a refusal means, and whether an attempt still on its way must be shut out first. */
  function settle<Written extends Entry>(
    { id, recall, couldApplyTo, version }: ConditionalWrite<Written>,
    item: Item | undefined,
    isOnlyAttempt: boolean,
  ): { result: WriteResult<Written>; isFinal: boolean } {
    const current = item && fromItem(item);
    const remembered = current ? writeIdsOf(current) : [];
    if (current && remembered.includes(id)) {
      const written = recall(current);
      if (!written) throw outcomeUnknown();
      return { result: { written }, isFinal: true };
    }
    const result = { current };
    if (isOnlyAttempt) return { result, isFinal: true };
    const reached = current ? versionOf(current) : 0;
    const isUnwritten =
      (version !== undefined && reached < version) || isProvenUnwritten(id, remembered, reached);
    if (!isUnwritten) throw outcomeUnknown();
    return { result, isFinal: !couldApplyTo(current) };
  }
}

function outcomeUnknown(): Refusal {
  return new Refusal('STORE_UNAVAILABLE', 'It is unknown whether this write happened.', {
    retryAfterSeconds: 1,
  });
}
