import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  ResourceInUseException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { describeTable } from './indexes/change-indexes.ts';
import { compareIndexes, describeKey } from './indexes/compare-indexes.ts';
import { defineTable, timeToLiveAttribute } from './table.ts';

/**
 * Makes the profile table when it is not there, and waits until it can be used. A table of that
 * name that can't serve profiles is an error, not something to change here; what an older one
 * lacks is in `indexes/`.
 */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  schema: ProfileSchema,
  onWait: (what: string) => void = () => {},
): Promise<'created' | 'exists'> {
  let outcome: 'created' | 'exists' = 'created';
  onWait('DynamoDB to take the table');
  try {
    await client.send(new CreateTableCommand(defineTable(tableName, schema)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    outcome = 'exists';
  }
  onWait('the table to become active');
  // A table in use is UPDATING while it gets an index, for as long as that takes.
  let table = outcome === 'exists' ? await describeTable(client, tableName) : undefined;
  if (!table || table.TableStatus === 'CREATING') {
    const { reason } = await waitUntilTableExists(
      // Seconds. Indexes made with the table are active when the table is.
      { client, maxWaitTime: 300, minDelay: 0.1, maxDelay: 5 },
      { TableName: tableName },
    );
    table = (reason as { Table?: TableDescription }).Table ?? {};
  }
  checkTable(tableName, schema, table);
  onWait('time to live to be enabled');
  await enableTimeToLive(client, tableName);
  return outcome;
}

/** Tombstones expire through it. An embedded engine may know nothing of time to live. */
export async function enableTimeToLive(
  client: DynamoDBClient,
  tableName: string,
): Promise<'enabled' | 'unsupported'> {
  try {
    if (await hasTimeToLive(client, tableName)) return 'enabled';
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: timeToLiveAttribute, Enabled: true },
      }),
    );
    return 'enabled';
  } catch (error) {
    if (isUnknownOperation(error)) return 'unsupported';
    // Somebody else may have enabled it in between, which DynamoDB refuses to do twice.
    if (await hasTimeToLive(client, tableName)) return 'enabled';
    throw error;
  }
}

/** Whether `enableTimeToLive` would do something. */
export async function lacksTimeToLive(client: DynamoDBClient, tableName: string): Promise<boolean> {
  try {
    return !(await hasTimeToLive(client, tableName));
  } catch (error) {
    if (isUnknownOperation(error)) return false;
    throw error;
  }
}

async function hasTimeToLive(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const { TimeToLiveDescription } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: tableName }),
  );
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  return status === 'ENABLED' || status === 'ENABLING';
}

export function isUnknownOperation(error: unknown): boolean {
  return error instanceof DynamoDBServiceException && error.name === 'UnknownOperationException';
}

/** @throws {Error} where a table or an index has a name of ours and another key. */
export function checkTable(
  tableName: string,
  schema: Pick<ProfileSchema, 'lookups'>,
  table: TableDescription,
): void {
  const key = describeKey(table);
  if (key !== 'userId HASH') {
    throw new Error(
      `${tableName} exists but is not a profile table: it should be keyed by userId HASH, not ${key}`,
    );
  }
  const { conflicts } = compareIndexes(table, schema);
  if (conflicts.length > 0) {
    throw new Error(
      `${conflicts.join('; ')}. An index never changes its key: give the field another x-lookup in the schema; once no service uses the old index, --delete-index removes it`,
    );
  }
}
