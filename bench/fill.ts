import { createHash } from 'node:crypto';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { defineTable } from '../src/dynamodb/table.ts';
import { loadSchema } from '../src/schema-file.ts';
import { toItem } from '../test/helper/items.ts';
import { people, profileOf } from './data.ts';

const tableName = 'UserProfiles';
const region = 'us-east-1';

/** What the SDK of every contender reads to find the table. */
export function tableEnvironment(port: number): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'benchmark',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    USER_PROFILE_TABLE_NAME: tableName,
  };
}

function createClient(port: number): DynamoDBClient {
  // The warning about Node 20 belongs in a service's log, not between the figures.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return new DynamoDBClient({
    region,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' },
  });
}

/** Makes a table by the project's one definition. */
async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(new CreateTableCommand(defineTable(name, loadSchema(undefined))));
  let status: string | undefined;
  while (status !== 'ACTIVE') {
    const answer = await client.send(new DescribeTableCommand({ TableName: name }));
    status = answer.Table?.TableStatus;
  }
}

let emptyTables = 0;

/** A table that nobody has signed in to yet: what a contender's environment needs to use it. */
export async function createEmptyTable(port: number): Promise<Record<string, string>> {
  const client = createClient(port);
  const name = `${tableName}${++emptyTables}`;
  await createTable(client, name);
  client.destroy();
  return { USER_PROFILE_TABLE_NAME: name };
}

/** Makes the table and puts everybody in it. */
export async function fillTable(port: number): Promise<void> {
  const client = createClient(port);
  await createTable(client, tableName);
  const starts = Array.from({ length: people / 25 }, (_, batch) => batch * 25);
  const writers = Array.from({ length: 4 }, async () => {
    for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
      const first = start;
      const requests = Array.from({ length: 25 }, (_, offset) => ({
        PutRequest: { Item: itemOf(first + offset) },
      }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
      );
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('not all items written');
    }
  });
  await Promise.all(writers);
  client.destroy();
}

/** The item as the service itself would have written it. */
function itemOf(person: number) {
  return toItem(
    {
      kind: 'live',
      profile: profileOf(person),
      sources: {
        email: 'identityProvider',
        emailVerified: 'identityProvider',
        givenName: 'identityProvider',
        familyName: 'identityProvider',
        displayName: 'person',
        avatarUrl: 'identityProvider',
        preferences: 'person',
      },
      // Later than every token's sign-in, so that no read has an identity to bring up to date.
      identityAt: Math.floor(Date.now() / 1000) + 60,
    },
    createHash('sha256').update(`write ${person}`).digest('base64url').slice(0, 22),
  );
}
