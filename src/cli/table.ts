import {
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { createTable, enableTimeToLive, isUnknownOperation } from '../dynamodb/create-table.ts';
import { timeToLiveAttribute } from '../dynamodb/table.ts';

const tableName = process.env.USER_PROFILE_TABLE_NAME || 'UserProfiles';
const client = new DynamoDBClient();

try {
  const outcome = await createTable(client, tableName);
  console.log(`${tableName}: ${outcome === 'created' ? 'created' : 'already there'}, active`);
  const timeToLive = await enableTimeToLive(client, tableName);
  console.log(`time to live on ${timeToLiveAttribute}: ${timeToLive}`);
  console.log(`point-in-time recovery: ${await enableRecovery()}`);
} catch (error) {
  const { name, message } = error as Error;
  console.error(`${tableName}: ${message || name}`);
  process.exitCode = 1;
} finally {
  client.destroy();
}

/** DynamoDB keeps every second of the last 35 days; the local engines have no such thing. */
async function enableRecovery(): Promise<'enabled' | 'unsupported'> {
  try {
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: tableName }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') return 'enabled';
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: tableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    return 'enabled';
  } catch (error) {
    if (isUnknownOperation(error)) return 'unsupported';
    throw error;
  }
}
