import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent } from 'undici';
import { AttemptSignal } from './attempt-signal.ts';
import type { DynamoDbObserver } from './dynamodb-observer.ts';
import { observe } from './observe-calls.ts';
import { PlainJsonProtocol } from './plain-json-protocol.ts';

export interface DynamoDbClientOptions {
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly credentials?: DynamoDBClientConfig['credentials'];
  readonly observer?: DynamoDbObserver | undefined;
}

/** Three attempts and the pauses between them fit into the time budget of a request. */
export const attemptPolicy = { connectTimeoutMs: 500, timeoutMs: 1_000, maxAttempts: 3 } as const;

/**
 * The clients of one table. The hot paths have a client that builds each command's stack once and
 * speaks plain JSON, which the document client takes neither of; the others have the document
 * client, made when it is first needed.
 */
export function createTableClients(options: DynamoDbClientOptions) {
  const client = createDynamoDbClient(options, {
    cacheMiddleware: true,
    protocol: PlainJsonProtocol,
  });
  let documents: DynamoDBDocumentClient | undefined;
  return {
    client,
    documents: () => {
      documents ??= DynamoDBDocumentClient.from(createDynamoDbClient(options), {
        unmarshallOptions: { wrapNumbers: Number },
      });
      return documents;
    },
  };
}

/**
 * The SDK has no deadlines by default and its retry defaults moved between versions, so both are
 * spelled out.
 */
function createDynamoDbClient(
  { region, endpoint, credentials, observer }: DynamoDbClientOptions,
  fast: Partial<DynamoDBClientConfig> = {},
): DynamoDBClient {
  const client = new DynamoDBClient({
    region,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    ...fast,
    maxAttempts: attemptPolicy.maxAttempts,
    retryMode: 'standard',
    requestHandler: new BoundedHandler({
      dispatcher: new Agent({
        connect: { timeout: attemptPolicy.connectTimeoutMs },
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 30_000,
        connections: 256,
        pipelining: 1,
      }),
    }),
  });
  // It filters every input and output for a log that is not written.
  client.middlewareStack.remove('loggerMiddleware');
  if (observer) observe(client, observer);
  return client;
}

/** Each attempt, from connecting to the last byte of its answer, has the same time. */
class BoundedHandler extends UndiciHttpHandler {
  override async handle(
    request: Parameters<UndiciHttpHandler['handle']>[0],
    options: Parameters<UndiciHttpHandler['handle']>[1] = {},
  ) {
    const call = options.abortSignal as AbortSignal | undefined;
    const signal = new AttemptSignal(attemptPolicy.timeoutMs, call);
    try {
      return await super.handle(request, { ...options, abortSignal: signal as never });
    } catch (error) {
      signal.release();
      throw error;
    }
  }
}
