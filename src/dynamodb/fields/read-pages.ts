import {
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Pace } from '../../concurrency/pace.ts';
import type { Item } from '../item.ts';
import { outlastThrottling } from '../transport/outlast-throttling.ts';

export interface TableWalk {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** The key of the last item done; undefined to begin with the first. */
  readonly from: Item | undefined;
  /** Pages a second, each of 1 MB at most. */
  readonly pace: Pace;
  /** Ends the walk, at once while it waits or reads. */
  readonly signal: AbortSignal;
}

export interface TablePage {
  readonly items: readonly Item[];
  /** Items read, those that a filter leaves out included. */
  readonly itemsRead: number;
  /** Where to go on; undefined after the last page. */
  readonly next: Item | undefined;
}

/** The whole table, one page in memory at a time. @throws the signal's reason */
export async function* readPages(
  { client, tableName, from, pace, signal }: TableWalk,
  query: Omit<ScanCommandInput, 'TableName'> = {},
): AsyncGenerator<TablePage> {
  let start = from;
  do {
    await pace.take(signal);
    const command = new ScanCommand({ ...query, TableName: tableName, ExclusiveStartKey: start });
    const {
      Items = [],
      ScannedCount = 0,
      LastEvaluatedKey,
    }: ScanCommandOutput = await outlastThrottling(
      () => client.send(command, { abortSignal: signal }),
      pace,
      signal,
    );
    start = LastEvaluatedKey;
    yield { items: Items, itemsRead: ScannedCount, next: start };
  } while (start);
}
