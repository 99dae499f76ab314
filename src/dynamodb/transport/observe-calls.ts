import { performance } from 'node:perf_hooks';
import type { DynamoDbCall, DynamoDbObserver } from './dynamodb-observer.ts';

/** The parts of inputs and outputs that are counted. */
export interface Counted {
  readonly RequestItems?: Record<string, { readonly Keys?: readonly unknown[] }>;
  readonly ConsumedCapacity?: Capacity | readonly Capacity[] | undefined;
}
interface Capacity {
  readonly CapacityUnits?: number | undefined;
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

function countKeys({ RequestItems }: Counted): number | undefined {
  if (!RequestItems) return undefined;
  return Object.values(RequestItems).reduce((sum, { Keys }) => sum + (Keys?.length ?? 0), 0);
}

/** The units that a call was charged with. */
export function sumCapacity({ ConsumedCapacity }: Counted): number {
  if (!ConsumedCapacity) return 0;
  const each = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return each.reduce((sum, { CapacityUnits = 0 }: Capacity) => sum + CapacityUnits, 0);
}

function isFailedCondition(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
