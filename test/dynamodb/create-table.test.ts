import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { startDynamoDB } from '../../dev/dynamodb.ts';
import { createTable } from '../../src/dynamodb/create-table.ts';
import { defineTable } from '../../src/dynamodb/table.ts';
import { defaultSchema } from '../helper/default-schema.ts';

async function startClient(t: Test): Promise<DynamoDBClient> {
  const dynamodb = await startDynamoDB();
  t.teardown(() => dynamodb.close());
  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  t.teardown(() => client.destroy());
  return client;
}

t.test('the table is made once and is active, however many ask in parallel', async (t) => {
  const client = await startClient(t);
  const outcomes = await Promise.all(
    [1, 2, 3].map(() => createTable(client, 'Profiles', defaultSchema)),
  );
  t.strictSame(outcomes.sort(), ['created', 'exists', 'exists']);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Profiles' }));
  t.equal(Table?.TableStatus, 'ACTIVE');
  t.strictSame(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(), [
    'EmailIndex',
    'RevenueCatIndex',
    'StripeCustomerIndex',
  ]);
});

t.test('another table of that name is refused, saying what it lacks', async (t) => {
  const client = await startClient(t);
  await client.send(
    new CreateTableCommand({
      TableName: 'Profiles',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  await t.rejects(createTable(client, 'Profiles', defaultSchema), {
    message: /it should be keyed by userId HASH, not id HASH/,
  });
});

t.test('an index of a name of ours and another key is refused', async (t) => {
  const client = await startClient(t);
  const lookups = new Map([['phone', 'EmailIndex']]);
  await client.send(new CreateTableCommand(defineTable('Profiles', { lookups })));
  await t.rejects(createTable(client, 'Profiles', defaultSchema), {
    message: /EmailIndex is keyed by phone HASH, and the schema wants it by email HASH/,
  });
});
