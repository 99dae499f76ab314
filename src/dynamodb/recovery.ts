import {
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { isUnknownOperation } from './create-table.ts';

/** DynamoDB keeps every second of the last 35 days; the local engines have no such thing. */
export async function enableRecovery(
  client: DynamoDBClient,
  tableName: string,
): Promise<'enabled' | 'unsupported'> {
  const state = await readRecovery(client, tableName);
  if (state !== 'disabled') return state;
  await client.send(
    new UpdateContinuousBackupsCommand({
      TableName: tableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  return 'enabled';
}

export async function readRecovery(
  client: DynamoDBClient,
  tableName: string,
): Promise<'enabled' | 'disabled' | 'unsupported'> {
  try {
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: tableName }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    return recovery?.PointInTimeRecoveryStatus === 'ENABLED' ? 'enabled' : 'disabled';
  } catch (error) {
    if (isUnknownOperation(error)) return 'unsupported';
    throw error;
  }
}
