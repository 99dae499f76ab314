import {
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';

/**
 * Which table a client works on: a profile of AWS's shared configuration may choose account, Region
 * and endpoint, so neither its name nor the environment tells. Null is what an emulator leaves out.
 */
export async function identifyTable(
  { config }: DynamoDBClient,
  { TableArn, TableId }: TableDescription,
) {
  // A copy, as the SDK's own calls give it: an endpoint that is configured is noted there.
  const { url } = await getEndpointFromInstructions({}, DescribeTableCommand, { ...config });
  return {
    region: await config.region(),
    endpoint: url.href,
    tableArn: TableArn ?? null,
    tableId: TableId ?? null,
  };
}
