import {
  ConditionalCheckFailedException,
  type PutItemInput,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore, WriteResult, WriteToken } from '../profiles/profile-store.ts';
import type { Entry, LiveEntry } from '../profiles/record.ts';
import { createConditionalWrites } from './conditional-write.ts';
import { isAbsent, isLive, isLiveAt, isNotFenced, isTombstoneOf } from './conditions.ts';
import { createExpressionScope, type ExpressionScope } from './expression.ts';
import { type Items, idOf, versionOf } from './item.ts';
import type { Reads } from './reads.ts';
import type { Table } from './table.ts';
import { translateStoreError } from './transport/dynamodb-errors.ts';
import { buildUpdate } from './update.ts';
import { createWriteId, writeIdFor } from './write-ids.ts';

type Writes = Pick<ProfileStore, 'put' | 'amend' | 'noteIdentity' | 'noteUserless'>;

/** Conditional writes, each of which recognizes its own retry. */
export function createWrites(table: Table, items: Items, reads: Reads): Writes {
  const { client, tableName, schema } = table;
  const { fromItem, toItem, idleSizes } = items;
  const sizes = { freeFields: schema.freeFields, idleSizes };
  const writeOnce = createConditionalWrites(table, items, reads);

  function put<Written extends Entry>(
    entry: Written,
    over?: Entry,
    signal?: WorkSignal,
    token?: WriteToken,
  ): Promise<WriteResult<Written>> {
    const at = momentOf(entry);
    const id = writeIdFor(new Date(at), token);
    const scope = createExpressionScope();
    const condition = isExactly(scope, over, at);
    const Item = toItem(entry, id);
    const input: PutItemInput = {
      TableName: tableName,
      Item,
      ConditionExpression: condition,
      ...scope.attributes(),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ReturnConsumedCapacity: 'INDEXES',
    };
    const written = fromItem(Item) as Written;
    return writeOnce(
      {
        userId: idOf(entry),
        id,
        at,
        version: versionOf(entry),
        send: () => client.call('PutItem', input, signal).then(() => written),
        recall: () => written,
        couldApplyTo: (current) =>
          current?.kind === 'live' && over !== undefined && versionOf(current) === versionOf(over),
      },
      signal,
    );
  }

  return {
    put,

    amend(userId, amendment, guard, now, signal) {
      const at = now.toISOString();
      const id = createWriteId(now);
      const input: UpdateItemInput = {
        TableName: tableName,
        Key: { userId: { S: userId } },
        ...buildUpdate(sizes, amendment, guard, now, id),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ReturnConsumedCapacity: 'INDEXES',
      };
      const isSameLife = (current: Entry | undefined): current is LiveEntry =>
        current?.kind === 'live' && current.erasedAt === guard.erasedAt;
      return writeOnce(
        {
          userId,
          id,
          at,
          version: guard.version === undefined ? undefined : guard.version + 1,
          async send() {
            const { Attributes } = await client.call('UpdateItem', input, signal);
            return fromItem(Attributes ?? {}) as LiveEntry;
          },
          recall: (current) => (isSameLife(current) ? current : undefined),
          couldApplyTo: (current) =>
            isSameLife(current) &&
            (guard.version === undefined || guard.version === versionOf(current)) &&
            current.profile.updatedAt < at &&
            !(current.fencedAt !== undefined && current.fencedAt >= at),
        },
        signal,
      );
    },

    async noteIdentity(userId, identityAt, signal) {
      const scope = createExpressionScope();
      const at = `${scope.path('identityAt')}`;
      const value = scope.value(identityAt);
      try {
        await client.call(
          'UpdateItem',
          {
            TableName: tableName,
            Key: { userId: { S: userId } },
            UpdateExpression: `SET ${at} = ${value}`,
            ConditionExpression: `${isLive(scope)} AND (attribute_not_exists(${at}) OR ${at} < ${value})`,
            ...scope.attributes(),
            ReturnConsumedCapacity: 'INDEXES',
          },
          signal,
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException))
          throw translateStoreError(error, signal);
      }
    },

    async noteUserless(userId, version, since, signal) {
      const scope = createExpressionScope();
      const note = scope.path('closing');
      const change = since === undefined ? `REMOVE ${note}` : `SET ${note} = ${scope.value(since)}`;
      try {
        await client.call(
          'UpdateItem',
          {
            TableName: tableName,
            Key: { userId: { S: userId } },
            UpdateExpression: change,
            ConditionExpression: isLiveAt(scope, version),
            ...scope.attributes(),
            ReturnConsumedCapacity: 'INDEXES',
          },
          signal,
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw translateStoreError(error, signal);
      }
    },
  };
}

function isExactly(scope: ExpressionScope, over: Entry | undefined, at: string): string {
  if (!over) return isAbsent(scope);
  if (over.kind === 'tombstone') return isTombstoneOf(scope, over.erasedAt);
  return `${isLiveAt(scope, versionOf(over))} AND ${isNotFenced(scope, at)}`;
}

function momentOf(entry: Entry): string {
  return entry.kind === 'live' ? entry.profile.updatedAt : entry.erasedAt;
}
