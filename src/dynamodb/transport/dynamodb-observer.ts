/** One call with all its attempts. */
export interface DynamoDbCall {
  /** BatchGetItem, UpdateItem and so on. */
  readonly operation: string;
  readonly outcome: 'success' | 'condition_failed' | 'failure';
  readonly seconds: number;
  readonly capacityUnits: number;
  /** Keys of a BatchGetItem. */
  readonly batchKeys?: number | undefined;
}

/** Is told of every call to DynamoDB and of each of its attempts. */
export interface DynamoDbObserver {
  callEnded(call: DynamoDbCall): void;
  attemptEnded(operation: string, wasThrottled: boolean): void;
}
