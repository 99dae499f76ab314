import type { DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { isClockSkewError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type {
  CommandIO,
  MetadataBearer,
  OperationSchema,
  RetryErrorInfo,
  RetryStrategyV2,
  SdkError,
} from '@smithy/types';
import type { BoundedHandler } from '../../aws/bounded-handler.ts';
import type { WorkSignal } from '../../concurrency/work-signal.ts';
import { parseAnswer } from './answer-text.ts';
import { isThrottling } from './dynamodb-errors.ts';
import type { DynamoDbObserver } from './dynamodb-observer.ts';
import { type Counted, watchCall } from './observe-calls.ts';
import { toServiceException } from './service-exception.ts';

/** Sends the SDK's commands. */
export interface TableClient {
  /**
   * @throws ConditionalCheckFailedException and the SDK's other errors; after the last attempt
   *   `$metadata.attempts` tells how many there were.
   */
  send<Input extends object, Output extends MetadataBearer>(
    command: CommandIO<Input, Output>,
    signal?: WorkSignal,
  ): Promise<Output>;
  destroy(): void;
}

/**
 * The hot paths' way to the table: the SDK's commands, credentials, endpoint, signer, retry
 * strategy and errors, without the thirty middlewares and the walk over the schema between them,
 * which cost three times what is left (docs/decisions/0003-read-path.md). What this store sends is
 * the same in memory as on the wire, no bytes and no dates, so JSON is all there is to it.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function createTableClient(
  { config }: DynamoDBClient,
  handler: BoundedHandler,
  observer?: DynamoDbObserver,
  onDate?: (date: string | undefined, sentAt: number) => void,
): TableClient {
  let clockOffsetMs = 0;
  let preparing: ReturnType<typeof prepare> | undefined;

  async function prepare() {
    const region = await config.region();
    const url = config.endpoint
      ? await config.endpoint()
      : config.endpointProvider({
          Region: region,
          UseFIPS: await config.useFipsEndpoint(),
          UseDualStack: await config.useDualstackEndpoint(),
        }).url;
    const { protocol, hostname, port } = url;
    const signer = await config.signer({
      schemeId: 'aws.auth#sigv4',
      name: 'sigv4',
      signingName: 'dynamodb',
      signingRegion: region,
      properties: {},
    } as never);
    return {
      signer,
      retries: (await config.retryStrategy()) as RetryStrategyV2,
      address: { protocol, hostname, ...(port && { port: Number(port) }) },
      host: port ? `${hostname}:${port}` : hostname,
    };
  }

  async function send<Input extends object, Output extends MetadataBearer>(
    command: CommandIO<Input, Output>,
    signal?: WorkSignal,
  ): Promise<Output> {
    const operation = nameOf(command);
    const watch = watchCall(observer, operation, command.input);
    try {
      const output = await attemptRepeatedly<Output>(
        operation,
        JSON.stringify(command.input),
        signal,
      );
      watch.succeeded(output as Counted);
      return output;
    } catch (error) {
      watch.failed(error);
      throw error;
    }
  }

  async function attemptRepeatedly<Output>(
    operation: string,
    body: string,
    signal: WorkSignal | undefined,
  ): Promise<Output> {
    preparing ??= prepare().catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
    const { retries } = await preparing;
    let token = await retries.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await attempt<Output>(operation, body, signal);
        observer?.attemptEnded(operation, false);
        retries.recordSuccess(token);
        return output;
      } catch (error) {
        observer?.attemptEnded(operation, isThrottling(error));
        if (!(error instanceof Error)) throw error;
        try {
          token = await retries.refreshRetryTokenForRetry(token, classify(error));
          signal?.throwIfAborted();
        } catch {
          const known = (error as Partial<MetadataBearer>).$metadata;
          throw Object.assign(error, { $metadata: { ...known, attempts } });
        }
      }
    }
  }

  async function attempt<Output>(
    operation: string,
    body: string,
    signal: WorkSignal | undefined,
  ): Promise<Output> {
    const { signer, address, host } = await (preparing as ReturnType<typeof prepare>);
    const request = new HttpRequest({
      ...address,
      method: 'POST',
      path: '/',
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'user-agent': 'user-profile-service',
      },
      body,
    });
    const signingDate = new Date(Date.now() + clockOffsetMs);
    const signed = (await signer.sign(request, { signingDate })) as HttpRequest;
    const sentAt = Date.now();
    const { response } = await handler.attempt(signed, signal);
    onDate?.(response.headers.date, sentAt);
    const { buffer, byteOffset, byteLength } = response.body as Uint8Array;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    if (response.statusCode < 300) return (await parseAnswer(bytes)) as Output;
    throw correctClock(toServiceException(response, bytes.toString()), response);
  }

  /** A task whose clock is off learns how far from the answer that refused it. */
  function correctClock(error: DynamoDBServiceException, { headers }: HttpResponse) {
    const serverTime = Date.parse(headers.date ?? '');
    if (isClockSkewError(error as SdkError) && !Number.isNaN(serverTime)) {
      clockOffsetMs = serverTime - Date.now();
      Object.assign(error.$metadata, { clockSkewCorrected: true as const });
    }
    return error;
  }

  return { send, destroy: () => handler.destroy() };
}

/** The SDK types a command's schema as anything; it is a tuple with the name in the third place. */
function nameOf(command: object): string {
  return ((command as { schema: OperationSchema }).schema as unknown as [0, 0, string])[2];
}

/** The SDK's own classification, for its own strategy. */
function classify(error: Error): RetryErrorInfo {
  const sdkError = error as Error & SdkError;
  const errorType = isThrottlingError(sdkError)
    ? 'THROTTLING'
    : isTransientError(sdkError)
      ? 'TRANSIENT'
      : 'CLIENT_ERROR';
  return { error: sdkError, errorType };
}
