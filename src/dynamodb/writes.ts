import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { ProfileStore, WriteResult } from '../profiles/profile-store.ts';
import type { Entry, LiveEntry } from '../profiles/record.ts';
import { isAbsent, isLive, isReplaceable, isTombstoneOf } from './conditions.ts';
import { createExpressionScope, type ExpressionScope } from './expression.ts';
import { fromItem, idOf, isWrittenBy, toItem } from './item.ts';
import type { Reads } from './reads.ts';
import type { Table } from './table.ts';
import { translateStoreError } from './transport/dynamodb-errors.ts';
import { buildUpdate } from './update.ts';

type Writes = Pick<ProfileStore, 'insert' | 'replace' | 'erase' | 'amend' | 'noteIdentity'>;

/** Conditional writes, each of which knows its own when it is sent a second time. */
export function createWrites({ client, tableName }: Table, { readItem }: Reads): Writes {
  async function put<Written extends Entry>(
    entry: Written,
    demand: (scope: ExpressionScope) => string,
    signal: WorkSignal | undefined,
  ): Promise<WriteResult<Written>> {
    const writeId = createWriteId();
    const scope = createExpressionScope();
    const condition = demand(scope);
    const command = new PutItemCommand({
      TableName: tableName,
      Item: toItem(entry, writeId),
      ConditionExpression: condition,
      ...scope.attributes,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ReturnConsumedCapacity: 'INDEXES',
    });
    return writeOnce(
      idOf(entry),
      writeId,
      () => client.send(command, signal).then(() => entry),
      signal,
    );
  }

  /** Runs a conditional write and, where its condition failed, finds out who was there first. */
  async function writeOnce<Written extends Entry>(
    userId: string,
    writeId: string,
    write: () => Promise<Written>,
    signal: WorkSignal | undefined,
  ): Promise<WriteResult<Written>> {
    try {
      return { written: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException))
        throw translateStoreError(error, signal);
      const item = error.Item ?? (await readItem(userId, signal));
      if (!item) return { current: undefined };
      const current = fromItem(item);
      return isWrittenBy(item, writeId) ? { written: current as Written } : { current };
    }
  }

  return {
    insert: (entry, after, signal) =>
      put(
        entry,
        (scope) => (after ? isTombstoneOf(scope, after.erasedAt) : isAbsent(scope)),
        signal,
      ),

    replace: (entry, guard, signal) =>
      put(entry, (scope) => isReplaceable(scope, guard, entry.profile.version - 1), signal),

    erase: (tombstone, guard, signal) =>
      put(
        tombstone,
        (scope) =>
          tombstone.version === 1
            ? isAbsent(scope)
            : isReplaceable(scope, guard, tombstone.version - 1),
        signal,
      ),

    async amend(userId, amendment, guard, now, signal) {
      const writeId = createWriteId();
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: { userId: { S: userId } },
        ...buildUpdate(amendment, guard, now.toISOString(), writeId),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ReturnConsumedCapacity: 'INDEXES',
      });
      return writeOnce(
        userId,
        writeId,
        async () => {
          const { Attributes } = await client.send(command, signal);
          return fromItem(Attributes ?? {}) as LiveEntry;
        },
        signal,
      );
    },

    async noteIdentity(userId, identityAt, signal) {
      const scope = createExpressionScope();
      const at = `${scope.path('identityAt')}`;
      const value = scope.value(identityAt);
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { userId: { S: userId } },
            UpdateExpression: `SET ${at} = ${value}`,
            ConditionExpression: `${isLive(scope)} AND (attribute_not_exists(${at}) OR ${at} < ${value})`,
            ...scope.attributes,
            ReturnConsumedCapacity: 'INDEXES',
          }),
          signal,
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException))
          throw translateStoreError(error, signal);
      }
    },
  };
}

function createWriteId(): string {
  return randomBytes(9).toString('base64url');
}
