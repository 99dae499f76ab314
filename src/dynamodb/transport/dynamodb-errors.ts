import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { WorkSignal } from '../../concurrency/work-signal.ts';
import { Refusal } from '../../refusal.ts';

/** Errors that say our request is wrong: a fault to be mended, never a passing one. */
const ownFaults = new Set([
  'ValidationException',
  'SerializationException',
  'ItemCollectionSizeLimitExceededException',
]);

/**
 * An error of the AWS SDK in the domain's terms. Whatever else keeps the table from answering
 * (throttling, time-outs, refused connections, expired credentials) may pass by itself.
 */
export function translateStoreError(error: unknown, signal: WorkSignal | undefined): unknown {
  if (error instanceof Refusal) return error;
  if (signal?.aborted && signal.reason instanceof Refusal) return signal.reason;
  if (isItemTooLarge(error)) {
    return new Refusal(
      'PAYLOAD_TOO_LARGE',
      'With this the profile, and what earlier schemas left in it, would exceed the 400 KB of an item.',
      { cause: error },
    );
  }
  if (error instanceof TypeError || (error instanceof Error && ownFaults.has(error.name)))
    return error;
  return new Refusal('STORE_UNAVAILABLE', "The profile table can't be reached.", {
    cause: error,
    retryAfterSeconds: 1,
  });
}

/** Fields of an earlier schema ride along, and no bound of this one counts them. */
function isItemTooLarge(error: unknown): boolean {
  return isInvalid(error) && /item size/i.test(error.message);
}

/** Nothing is set in place where its parent isn't: an item that another program wrote has no sources. */
export function isPathAbsent(error: unknown): error is DynamoDBServiceException {
  return isInvalid(error) && /document path/i.test(error.message);
}

function isInvalid(error: unknown): error is DynamoDBServiceException {
  return error instanceof DynamoDBServiceException && error.name === 'ValidationException';
}

const throttlingErrors = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

export function isThrottling(error: unknown): boolean {
  return error instanceof Error && throttlingErrors.has(error.name);
}

/** A call whose errors leave in the domain's terms. */
export async function send<Answer>(
  call: () => Promise<Answer>,
  signal: WorkSignal | undefined,
): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw translateStoreError(error, signal);
  }
}
