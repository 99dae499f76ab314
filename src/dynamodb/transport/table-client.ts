import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  DynamoDBServiceException,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import { isClockSkewError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { MetadataBearer, RetryErrorInfo, SdkError } from '@smithy/types';
import type { Answer } from '../../aws/answer-reader.ts';
import { attemptPolicy } from '../../aws/attempt-policy.ts';
import type { Credentials } from '../../aws/credentials.ts';
import { waitFor } from '../../concurrency/wait-for.ts';
import type { WorkSignal } from '../../concurrency/work-signal.ts';
import { parseAnswer } from './answer-text.ts';
import { isThrottling } from './dynamodb-errors.ts';
import type { DynamoDbObserver } from './dynamodb-observer.ts';
import { type Counted, watchCall } from './observe-calls.ts';
import { type Prepared, prepare, type TablePlace } from './prepare.ts';
import { toServiceException } from './service-exception.ts';

export interface TableClientOptions extends TablePlace {
  readonly credentials: Pick<Credentials, 'get'>;
  readonly observer?: DynamoDbObserver | undefined;
  /** Told the `Date` of each answer, and when it was asked for. */
  readonly onDate?: (date: string | undefined, sentAt: number) => void;
}

/** The operations that profiles take, by DynamoDB's names: what each is given and answers. */
interface Operations {
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput];
  PutItem: [PutItemInput, PutItemOutput];
  Query: [QueryInput, QueryOutput];
  Scan: [ScanInput, ScanOutput];
  UpdateItem: [UpdateItemInput, UpdateItemOutput];
}

export interface TableClient {
  /**
   * @throws ConditionalCheckFailedException and the SDK's other errors; after the last attempt
   *   `$metadata.attempts` tells how many there were.
   */
  call<Operation extends keyof Operations>(
    operation: Operation,
    input: Operations[Operation][0],
    signal?: WorkSignal,
  ): Promise<Operations[Operation][1]>;
  destroy(): void;
}

/**
 * The hot paths' way to the table: the SDK's retry strategy, errors and types of what is asked and answered,
 * without its client, commands, thirty middlewares, signer and walk over the schema between them,
 * which cost several times what is left (docs/decisions/0003-read-path.md). What this store sends is
 * the same in memory as on the wire, no bytes and no dates, so JSON is all there is to it.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function createTableClient(options: TableClientOptions): TableClient {
  const { credentials, observer, onDate } = options;
  let clockOffsetMs = 0;
  let prepared: Prepared | undefined;
  let preparing: Promise<Prepared> | undefined;

  function prepareOnce(): Promise<Prepared> {
    preparing ??= prepare(options).catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
    return preparing;
  }

  const call: TableClient['call'] = async (operation, input, signal) => {
    const watch = watchCall(observer, operation, input as Counted);
    try {
      const body = JSON.stringify(input);
      prepared ??= await prepareOnce();
      const output = await attemptRepeatedly(prepared, operation, body, signal);
      watch.succeeded(output as Counted);
      return output as object;
    } catch (error) {
      watch.failed(error);
      throw error;
    }
  };

  async function attemptRepeatedly(
    to: Prepared,
    operation: string,
    body: string,
    signal: WorkSignal | undefined,
  ): Promise<unknown> {
    const { retries } = to;
    let token = to.firstToken;
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await attempt(to, operation, body, signal);
        observer?.attemptEnded(operation, false);
        retries.recordSuccess(token);
        return output;
      } catch (error) {
        observer?.attemptEnded(operation, isThrottling(error));
        if (!(error instanceof Error)) throw error;
        try {
          token = await waitFor(retries.refreshRetryTokenForRetry(token, classify(error)), signal);
          signal?.throwIfAborted();
        } catch {
          const known = (error as Partial<MetadataBearer>).$metadata;
          throw Object.assign(error, { $metadata: { ...known, attempts } });
        }
      }
    }
  }

  async function attempt(
    { pool, path, sign }: Prepared,
    operation: string,
    body: string,
    signal: WorkSignal | undefined,
  ): Promise<unknown> {
    const headers = sign({
      body,
      target: `DynamoDB_20120810.${operation}`,
      credentials: await credentials.get(),
      date: new Date(Date.now() + clockOffsetMs),
    });
    const sentAt = Date.now();
    const answer = await pool.request(
      {
        method: 'POST',
        path,
        headers: `user-agent: user-profile-service\r\n${headers}`,
        body,
      },
      { timeoutMs: attemptPolicy.timeoutMs, call: signal },
    );
    onDate?.(answer.date, sentAt);
    if (answer.statusCode < 300) return parseAnswer(answer.body);
    throw correctClock(toServiceException(answer), answer);
  }

  /** A task whose clock is off learns how far from the answer that refused it. */
  function correctClock(error: DynamoDBServiceException, { date }: Answer) {
    const serverTime = Date.parse(date ?? '');
    if (isClockSkewError(error as SdkError) && !Number.isNaN(serverTime)) {
      clockOffsetMs = serverTime - Date.now();
      Object.assign(error.$metadata, { clockSkewCorrected: true as const });
    }
    return error;
  }

  return { call, destroy: () => void prepared?.pool.destroy() };
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
