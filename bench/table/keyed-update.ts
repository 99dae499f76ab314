import { itemSize } from 'dynalite/db/index.js';
import { type Attribute, type Item, Undecided } from './attribute.ts';
import { type Condition, compileCondition, compileUpdate, type Update } from './expression.ts';

export interface UpdateItemInput {
  TableName: string;
  Key: Item;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Attribute>;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
  ReturnConsumedCapacity?: string;
}

interface Compiled {
  condition: Condition | undefined;
  update: Update;
}

const unitBytes = 1_024;

/**
 * Updates in words that DynamoDB has accepted before: the same expressions, names and types of
 * values. So what is wrong with them DynamoDB has said, and what is left is to apply them.
 */
export function createKnownUpdates() {
  const accepted = new Map<string, Compiled | undefined>();

  return {
    accept(input: UpdateItemInput): void {
      const words = wordsOf(input);
      if (!accepted.has(words)) accepted.set(words, compile(input));
    },

    /** The item after it; nothing where it is unknown, refused, or for DynamoDB to decide. */
    apply(input: UpdateItemInput, item: Item): Item | undefined {
      const known = accepted.get(wordsOf(input));
      if (!known) return undefined;
      const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } =
        input;
      const scope = { item, names, values };
      try {
        return known.condition?.(scope) === false ? undefined : known.update(scope);
      } catch (error) {
        if (error instanceof Undecided) return undefined;
        throw error;
      }
    },
  };
}

function wordsOf({ TableName, Key, ExpressionAttributeValues = {}, ...words }: UpdateItemInput) {
  const types = Object.entries(ExpressionAttributeValues).map(([name, value]) => {
    return [name, ...Object.keys(value)];
  });
  return JSON.stringify([TableName, words, types]);
}

function compile(input: UpdateItemInput): Compiled | undefined {
  const { UpdateExpression, ConditionExpression, ReturnValues = 'NONE' } = input;
  if (!UpdateExpression || !['NONE', 'ALL_NEW'].includes(ReturnValues)) return undefined;
  try {
    return {
      condition:
        ConditionExpression === undefined ? undefined : compileCondition(ConditionExpression),
      update: compileUpdate(UpdateExpression),
    };
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

/** The answer of an update that was applied, as DynamoDB words it. */
export function toUpdateText(
  input: UpdateItemInput,
  before: Item,
  after: Item,
  text: string,
): string {
  const { TableName, ReturnValues, ReturnConsumedCapacity: capacity } = input;
  const parts = ReturnValues === 'ALL_NEW' ? [`"Attributes":${text}`] : [];
  if (capacity === 'TOTAL' || capacity === 'INDEXES') {
    const CapacityUnits = Math.max(unitsOf(before), unitsOf(after));
    const Table = capacity === 'INDEXES' ? { CapacityUnits } : undefined;
    parts.push(`"ConsumedCapacity":${JSON.stringify({ CapacityUnits, TableName, Table })}`);
  }
  return `{${parts.join(',')}}`;
}

function unitsOf(item: Item): number {
  return Math.ceil(itemSize(item) / unitBytes);
}
