import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isThrottling } from './dynamodb-errors.ts';
import type { DynamoDbCall, DynamoDbObserver } from './dynamodb-observer.ts';

/** The parts of inputs and outputs that are counted. */
export interface Counted {
  readonly RequestItems?: Record<string, { readonly Keys?: readonly unknown[] }>;
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
}
interface Capacity {
  readonly CapacityUnits?: number;
}

/** One call under way: it either succeeds or fails. */
export function watchCall(
  observer: DynamoDbObserver | undefined,
  operation: string,
  input: Counted,
) {
  const began = performance.now();
  const end = (outcome: DynamoDbCall['outcome'], capacityUnits: number) => {
    const seconds = (performance.now() - began) / 1000;
    const batchKeys = countKeys(input);
    observer?.callEnded({ operation, outcome, seconds, capacityUnits, batchKeys });
  };
  return {
    succeeded: (output: Counted) => end('success', sumCapacity(output)),
    failed: (error: unknown) => end(isFailedCondition(error) ? 'condition_failed' : 'failure', 0),
  };
}

/** Tells the observer of every call through this client and of each of its attempts. */
export function observe(client: DynamoDBClient, observer: DynamoDbObserver): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      const operation = nameOperation(commandName);
      return async (args) => {
        const watch = watchCall(observer, operation, args.input as Counted);
        try {
          const answer = await next(args);
          watch.succeeded(answer.output as Counted);
          return answer;
        } catch (error) {
          watch.failed(error);
          throw error;
        }
      };
    },
    { step: 'initialize', name: 'observeCalls' },
  );
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      const operation = nameOperation(commandName);
      return async (args) => {
        try {
          const answer = await next(args);
          observer.attemptEnded(operation, false);
          return answer;
        } catch (error) {
          observer.attemptEnded(operation, isThrottling(error));
          throw error;
        }
      };
    },
    // Low: inside of the retries, so that it runs for each attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'observeAttempts' },
  );
}

function nameOperation(commandName: string): string {
  return commandName.replace(/Command$/, '');
}

function countKeys({ RequestItems }: Counted): number | undefined {
  if (!RequestItems) return undefined;
  return Object.values(RequestItems).reduce((sum, { Keys }) => sum + (Keys?.length ?? 0), 0);
}

function sumCapacity({ ConsumedCapacity }: Counted): number {
  if (!ConsumedCapacity) return 0;
  const each = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return each.reduce((sum, { CapacityUnits = 0 }: Capacity) => sum + CapacityUnits, 0);
}

function isFailedCondition(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
