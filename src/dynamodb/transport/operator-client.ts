import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BoundedHandler } from '../../aws/bounded-handler.ts';
import { type Credentials, toSdkCredentials } from '../../aws/credentials.ts';

/** Each of an operation's three attempts may take this long: nobody's request waits for it. */
const timeoutMs = 5_000;

/** The client of an operator's command; Region and endpoint are read as the AWS SDK does. */
export function createOperatorClient(credentials: Pick<Credentials, 'get'>): DynamoDBClient {
  return new DynamoDBClient({
    credentials: toSdkCredentials(credentials),
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: new BoundedHandler({ connectTimeoutMs: timeoutMs, timeoutMs }),
  });
}
