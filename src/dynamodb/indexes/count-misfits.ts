import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb';
import { outlastFaults, type Waiting } from './outlast-faults.ts';

/** The longest key of an index, in UTF-8. */
const maxKeyBytes = 2_048;
/** Whether DynamoDB's `size` counts bytes or characters, a text this long fits. */
const surelyFits = 512;

/** For each field, how many items hold a value under its name that can't be the key of an index. */
export type MisfitCounts = ReadonlyMap<string, number>;

/**
 * Counts, in one scan of the whole table, values that can't be keys: anything but a text of 1 to
 * 2,048 bytes. DynamoDB leaves such items out of the index, and refuses every later write of them.
 */
export async function countMisfits(
  client: DynamoDBClient,
  tableName: string,
  fields: readonly string[],
  { signal, onWait }: Waiting,
): Promise<MisfitCounts> {
  const counts = new Map(fields.map((field) => [field, 0]));
  if (fields.length === 0) return counts;
  const names = fields.map((field, at) => [`#f${at}`, field] as const);
  const suspects = names.map(
    ([name]) =>
      `(attribute_exists(${name}) AND NOT (attribute_type(${name}, :text) AND size(${name}) BETWEEN :one AND :fits))`,
  );
  const documents = DynamoDBDocumentClient.from(client, {
    // A number of 38 digits is a misfit to count, not a fault.
    unmarshallOptions: { wrapNumbers: true },
  });
  const scan = {
    TableName: tableName,
    ProjectionExpression: names.map(([name]) => name).join(', '),
    FilterExpression: suspects.join(' OR '),
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: { ':text': 'S', ':one': 1, ':fits': surelyFits },
  };
  let itemsRead = 0;
  let from: Record<string, unknown> | undefined;
  do {
    signal.throwIfAborted();
    const page = new ScanCommand({ ...scan, ExclusiveStartKey: from });
    const { Items, ScannedCount, LastEvaluatedKey }: ScanCommandOutput = await outlastFaults(
      { signal, onWait },
      () => documents.send(page),
    );
    for (const item of Items ?? []) {
      for (const [field, count] of counts) {
        if (item[field] !== undefined && !canBeKey(item[field])) counts.set(field, count + 1);
      }
    }
    itemsRead += ScannedCount ?? 0;
    onWait(`the scan of the table, ${itemsRead} items so far`);
    from = LastEvaluatedKey;
  } while (from);
  return counts;
}

/** Whether a value can be the key of an index. */
export function canBeKey(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= maxKeyBytes;
}
