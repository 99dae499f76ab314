import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { attemptPolicy } from '../../aws/attempt-policy.ts';
import type { Credentials } from '../../aws/credentials.ts';
import { toSdkCredentials } from '../../aws/credentials.ts';
import type { DynamoDbObserver } from './dynamodb-observer.ts';
import { createTableClient, type TableClient } from './table-client.ts';

export interface DynamoDbClientOptions {
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly credentials: Pick<Credentials, 'get'>;
  readonly observer?: DynamoDbObserver | undefined;
  /** Told the `Date` of each answer, and when it was asked for. */
  readonly onDate?: (date: string | undefined, sentAt: number) => void;
}

/** The client of one table, with deadlines, retries and sockets of its own. */
export function createDynamoDbClient({
  region,
  endpoint,
  credentials,
  observer,
  onDate,
}: DynamoDbClientOptions): TableClient {
  // The SDK's retry defaults moved between versions, so they are spelled out.
  const sdk = new DynamoDBClient({
    region,
    ...(endpoint && { endpoint }),
    credentials: toSdkCredentials(credentials),
    maxAttempts: attemptPolicy.maxAttempts,
    retryMode: 'standard',
  });
  return createTableClient({ config: sdk.config, credentials, observer, onDate });
}
