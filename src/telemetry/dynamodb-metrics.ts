import { Counter, Histogram, type Registry } from 'prom-client';
import { durationBuckets } from './duration-buckets.ts';

const batchBuckets = [1, 2, 5, 10, 25, 50, 100];

interface Call {
  readonly operation: string;
  readonly outcome: string;
  readonly seconds: number;
  readonly capacityUnits: number;
  /** Keys of a BatchGetItem. */
  readonly batchKeys?: number | undefined;
}

/** Measures what the table's client tells of its calls. */
export function createDynamoDbMetrics(registers: Registry[]) {
  const duration = new Histogram({
    name: 'dynamodb_request_duration_seconds',
    help: 'Time of a call with all its attempts, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets: durationBuckets,
    registers,
  });
  const attempts = new Counter({
    name: 'dynamodb_attempts_total',
    help: 'Attempts made for calls, the first ones included.',
    labelNames: ['operation'],
    registers,
  });
  const throttled = new Counter({
    name: 'dynamodb_throttled_attempts_total',
    help: 'Attempts that DynamoDB throttled.',
    labelNames: ['operation'],
    registers,
  });
  const capacity = new Counter({
    name: 'dynamodb_consumed_capacity_units_total',
    help: 'Capacity units that calls consumed, indexes included.',
    labelNames: ['operation', 'kind'],
    registers,
  });
  const batchSize = new Histogram({
    name: 'dynamodb_batch_size',
    help: 'Keys asked for in one BatchGetItem.',
    buckets: batchBuckets,
    registers,
  });
  const known = new Set<string>();
  return {
    callEnded({ operation, outcome, seconds, capacityUnits, batchKeys }: Call) {
      duration.observe({ operation, outcome }, seconds);
      if (capacityUnits > 0) capacity.inc({ operation, kind: kindOf(operation) }, capacityUnits);
      if (batchKeys !== undefined) batchSize.observe(batchKeys);
    },
    attemptEnded(operation: string, wasThrottled: boolean) {
      attempts.inc({ operation });
      // The series is there from the first call on, so that a first throttling is a rise.
      if (wasThrottled || !known.has(operation)) throttled.inc({ operation }, wasThrottled ? 1 : 0);
      known.add(operation);
    },
  };
}

function kindOf(operation: string): 'read' | 'write' {
  return /^(BatchGetItem|GetItem|Query|Scan)$/.test(operation) ? 'read' : 'write';
}
