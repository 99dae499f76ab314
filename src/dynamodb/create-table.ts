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
import { defineTable, timeToLiveAttribute } from './table.ts';

/**
 * Makes the profile table when it is not there, and waits until it can be used.
 * A table of that name that can't serve profiles is an error, not something to change here.
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
  const { reason } = await waitUntilTableExists(
    // Seconds. Indexes made with the table are active when the table is.
    { client, maxWaitTime: 300, minDelay: 0.1, maxDelay: 5 },
    { TableName: tableName },
  );
  checkTable(tableName, schema, (reason as { Table?: TableDescription }).Table);
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
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    const status = TimeToLiveDescription?.TimeToLiveStatus;
    if (status === 'ENABLED' || status === 'ENABLING') return 'enabled';
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: timeToLiveAttribute, Enabled: true },
      }),
    );
    return 'enabled';
  } catch (error) {
    if (isUnknownOperation(error)) return 'unsupported';
    throw error;
  }
}

export function isUnknownOperation(error: unknown): boolean {
  return error instanceof DynamoDBServiceException && error.name === 'UnknownOperationException';
}

function checkTable(
  tableName: string,
  schema: ProfileSchema,
  table: TableDescription | undefined,
): void {
  const { KeySchema = [], GlobalSecondaryIndexes = [] } = defineTable(tableName, schema);
  const missing = [
    ...missingKeys('the table', KeySchema, table?.KeySchema),
    ...GlobalSecondaryIndexes.flatMap(({ IndexName = '', KeySchema = [] }) => {
      const index = table?.GlobalSecondaryIndexes?.find((one) => one.IndexName === IndexName);
      return missingKeys(IndexName, KeySchema, index?.KeySchema);
    }),
  ];
  if (missing.length > 0) {
    throw new Error(`${tableName} exists but is not a profile table: ${missing.join('; ')}`);
  }
}

type KeySchema = NonNullable<TableDescription['KeySchema']>;

function missingKeys(where: string, wanted: KeySchema, found: KeySchema = []): string[] {
  const describe = (keys: KeySchema) =>
    keys.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
  if (describe(wanted) === describe(found)) return [];
  return [`${where} should be keyed by ${describe(wanted)}, not ${describe(found) || 'absent'}`];
}
