import {
  type AttributeValue,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { createTable } from '../src/dynamodb/create-table.ts';
import { describeTable } from '../src/dynamodb/indexes/change-indexes.ts';
import { compareIndexes } from '../src/dynamodb/indexes/compare-indexes.ts';
import type { ProfileSchema } from '../src/schema/profile-schema.ts';

/** Makes the table, or the indexes that the one there lacks. */
export async function prepareTable(
  endpoint: string,
  tableName: string,
  schema: ProfileSchema,
  say: (line: string) => void,
): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  try {
    await createTable(client, tableName, schema);
    const { missing } = compareIndexes(await describeTable(client, tableName), schema);
    if (missing.length === 0) return;
    await remakeTable(client, tableName, schema);
    say(
      `${tableName} has ${missing.map(({ index, field }) => `${index} on ${field}`).join(', ')}.`,
    );
  } finally {
    client.destroy();
  }
}

/** The embedded engine can't add an index to a table: another one takes its items over. */
async function remakeTable(
  client: DynamoDBClient,
  tableName: string,
  schema: ProfileSchema,
): Promise<void> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName })) {
    items.push(...(page.Items ?? []));
  }
  await client.send(new DeleteTableCommand({ TableName: tableName }));
  const wait = { client, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 };
  await waitUntilTableNotExists(wait, { TableName: tableName });
  await createTable(client, tableName, schema);
  for (const Item of items) {
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  }
}
