import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  type GlobalSecondaryIndexUpdate,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { defineIndex, defineKey } from '../table.ts';
import { isChanging, type Lookup } from './compare-indexes.ts';
import { outlastFaults, type Waiting } from './outlast-faults.ts';

const pauseMs = 1_000;
/** Asked this often while no index is changing, DynamoDB refuses for another reason. */
const maxRefusals = 30;
/** DynamoDB changes one index of a table at a time, and says so by these. */
const busyErrors = new Set(['LimitExceededException', 'ResourceInUseException']);

export interface IndexChanges extends Waiting {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * Makes an index on a table in use and waits until it answers. Whatever was interrupted before goes
 * on: an index that is being made is waited for, and so is a change of another one.
 */
export async function addIndex(changes: IndexChanges, { field, index }: Lookup): Promise<void> {
  await change(changes, index, {
    isDone: (found) => found?.IndexStatus === 'ACTIVE' && !found.Backfilling,
    isUnderWay: (found) => found !== undefined,
    update: { Create: defineIndex(field, index) },
    field,
  });
}

/** Deletes an index, also one that is being made. The items stay as they are. */
export async function deleteIndex(changes: IndexChanges, index: string): Promise<void> {
  await change(changes, index, {
    isDone: (found) => found === undefined,
    isUnderWay: (found) => found?.IndexStatus === 'DELETING',
    update: { Delete: { IndexName: index } },
  });
}

interface Change {
  readonly isDone: (found: GlobalSecondaryIndexDescription | undefined) => boolean;
  readonly isUnderWay: (found: GlobalSecondaryIndexDescription | undefined) => boolean;
  readonly update: GlobalSecondaryIndexUpdate;
  readonly field?: string;
}

async function change(changes: IndexChanges, index: string, wanted: Change): Promise<void> {
  for (let refusals = 0; ; ) {
    const outcome = await outlastFaults(changes, () => step(changes, index, wanted));
    if (outcome === 'done') return;
    if (outcome instanceof Error && ++refusals >= maxRefusals) throw outcome;
    await sleep(pauseMs, undefined, { signal: changes.signal });
  }
}

/** One look at the table, and what it calls for; an error is why DynamoDB refuses though it could. */
async function step(
  { client, tableName, onWait }: IndexChanges,
  index: string,
  { isDone, isUnderWay, update, field }: Change,
): Promise<'done' | 'under way' | Error> {
  const table = await describeTable(client, tableName);
  const found = findIndex(table, index);
  if (isDone(found)) return 'done';
  const other = table.GlobalSecondaryIndexes?.find((one) => one !== found && isChanging(one));
  if (isUnderWay(found)) onWait(describeState(found, table));
  else if (other) {
    onWait(`${describeState(other, table)}: DynamoDB changes one index of a table at a time`);
  } else {
    onWait(`DynamoDB to take the change of ${index}`);
    const refusal = await ask(client, table, update, field);
    const isSettled = table.TableStatus === 'ACTIVE' && !(found && isChanging(found));
    if (refusal && isSettled) return refusal;
  }
  return 'under way';
}

/** Why DynamoDB can't take the change now; undefined when it has. */
async function ask(
  client: DynamoDBClient,
  { TableName = '', AttributeDefinitions = [] }: TableDescription,
  update: GlobalSecondaryIndexUpdate,
  field: string | undefined,
): Promise<Error | undefined> {
  const isDefined = AttributeDefinitions.some(({ AttributeName }) => AttributeName === field);
  try {
    await client.send(
      new UpdateTableCommand({
        TableName,
        GlobalSecondaryIndexUpdates: [update],
        ...(field && {
          AttributeDefinitions: [...AttributeDefinitions, ...(isDefined ? [] : [defineKey(field)])],
        }),
      }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof Error && busyErrors.has(error.name)) return error;
    throw error;
  }
}

export async function describeTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return Table;
}

function findIndex({ GlobalSecondaryIndexes }: TableDescription, name: string) {
  return GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name);
}

/** DynamoDB counts items every six hours; the local engines do at once. */
function describeState(
  index: GlobalSecondaryIndexDescription | undefined,
  table: TableDescription,
): string {
  const { IndexName, IndexStatus, Backfilling, ItemCount = 0 } = index ?? {};
  if (IndexStatus === 'DELETING') return `${IndexName} to be deleted`;
  if (!Backfilling) return `${IndexName} to get its room (${IndexStatus})`;
  return `${IndexName} to be filled, ${ItemCount} entries of ${table.ItemCount ?? 0} items at DynamoDB's last count`;
}
