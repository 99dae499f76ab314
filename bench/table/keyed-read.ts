import type { Item } from './attribute.ts';

interface GetItemInput {
  TableName: string;
  Key: Item;
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: string;
}

interface BatchGetItemInput {
  RequestItems: Record<string, KeysAndAttributes>;
  ReturnConsumedCapacity?: string;
}

interface KeysAndAttributes {
  Keys: Item[];
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}

/** Items by key, of one table. */
export interface KeyedRead {
  table: string;
  keys: Item[];
  /** The attributes that are asked for; absent for whole items. */
  attributes?: string[];
  /** Read units of one item, of those that are short enough to be kept. */
  units: number;
  capacity: boolean;
  batch: boolean;
}

const mostKeys = 100;

/** Nothing for a read that wants something special, which is left to DynamoDB. */
export function toKeyedRead(operation: string, body: string): KeyedRead | undefined {
  if (operation === 'GetItem') {
    const { TableName, Key, ConsistentRead, ReturnConsumedCapacity, ...special } = JSON.parse(
      body,
    ) as GetItemInput;
    return toPlainRead(TableName, [Key], ConsistentRead, ReturnConsumedCapacity, special, false);
  }
  if (operation === 'BatchGetItem') {
    const { RequestItems, ReturnConsumedCapacity } = JSON.parse(body) as BatchGetItemInput;
    const [[table, asked] = [], ...others] = Object.entries(RequestItems);
    if (table === undefined || !asked || others.length > 0) return undefined;
    const { Keys, ConsistentRead, ProjectionExpression, ExpressionAttributeNames, ...special } =
      asked;
    const read = toPlainRead(table, Keys, ConsistentRead, ReturnConsumedCapacity, special, true);
    if (ProjectionExpression === undefined && ExpressionAttributeNames === undefined) return read;
    const attributes = readProjection(ProjectionExpression, ExpressionAttributeNames);
    return read && attributes && { ...read, attributes };
  }
  return undefined;
}

/** Whole attributes, each behind a name of its own and named once; what else there may be is DynamoDB's. */
function readProjection(expression = '', names: Record<string, string> = {}): string[] | undefined {
  const placeholders = expression.split(',').map((part) => part.trim());
  const attributes = new Set(placeholders.flatMap((placeholder) => names[placeholder] ?? []));
  const isPlain = [placeholders.length, Object.keys(names).length].every(
    (count) => count === attributes.size,
  );
  return isPlain ? [...attributes] : undefined;
}

function toPlainRead(
  table: string,
  keys: Item[],
  consistent: boolean | undefined,
  capacity: string | undefined,
  special: object,
  batch: boolean,
): KeyedRead | undefined {
  if (Object.keys(special).length > 0 || keys.length > mostKeys) return undefined;
  if (capacity === 'INDEXES') return undefined;
  return { table, keys, units: consistent ? 1 : 0.5, capacity: capacity === 'TOTAL', batch };
}

/** What DynamoDB answered to it. */
export function itemsOf({ table, batch }: KeyedRead, text: string): Item[] {
  const answer = JSON.parse(text) as { Item?: Item; Responses?: Record<string, Item[]> };
  if (batch) return answer.Responses?.[table] ?? [];
  return answer.Item ? [answer.Item] : [];
}

/** Whether each of so many items took one unit, as an answer tells that was asked for its capacity. */
export function tookUnits({ units }: KeyedRead, text: string, items: number): boolean {
  const { ConsumedCapacity = [] } = JSON.parse(text) as {
    ConsumedCapacity?: { CapacityUnits: number }[];
  };
  return ConsumedCapacity[0]?.CapacityUnits === units * items;
}

/** The answer made of the items' texts. */
export function toReadText({ table, units, capacity, batch }: KeyedRead, texts: string[]): string {
  const consumed = { TableName: table, CapacityUnits: units * texts.length };
  const suffix = (value: object) =>
    capacity ? `,"ConsumedCapacity":${JSON.stringify(value)}` : '';
  if (!batch) return `{"Item":${texts[0]}${suffix(consumed)}}`;
  // Backwards, so that nobody can count on the order.
  const items = texts.reverse().join(',');
  return `{"Responses":{${JSON.stringify(table)}:[${items}]},"UnprocessedKeys":{}${suffix([consumed])}}`;
}
