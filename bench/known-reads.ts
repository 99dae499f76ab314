import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

type Key = Record<string, unknown>;
type Item = Record<string, unknown>;

interface GetItemInput {
  TableName: string;
  Key: Key;
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: string;
}

interface BatchGetItemInput {
  RequestItems: Record<string, { Keys: Key[]; ConsistentRead?: boolean }>;
  ReturnConsumedCapacity?: string;
}

/** Whole items by key, of one table. */
interface KeyedRead {
  table: string;
  keys: Key[];
  /** Read units of one item, of those that are short enough to be kept. */
  units: number;
  capacity: boolean;
  batch: boolean;
}

/** An item whose JSON is no longer than this is one read unit, by whatever rule its size is counted. */
const unitBytes = 4_096;
const mostKeys = 100;
const searches = new Set(['Query', 'Scan', 'DescribeTable', 'ListTables']);

/**
 * Puts the answers of an embedded DynamoDB to reads by key before it: what it answered for a key
 * is answered again until a write of that key begins. A DynamoDB of Amazon's takes no CPU from
 * any asker; an embedded one takes more of two shared cores for a key than a fast service
 * does for the whole request, and hides what tells the contenders apart.
 *
 * Anything but plain reads of whole items goes through, writes included.
 */
export function answerKnownReads(table: RequestListener): RequestListener {
  const known = new Map<string, string>();
  let writesBegun = 0;
  let writesUnderWay = 0;

  function beginWrite(operation: string, body: string, response: ServerResponse): void {
    if (operation === 'UpdateItem' || operation === 'DeleteItem') {
      const { TableName, Key } = JSON.parse(body) as { TableName: string; Key: Key };
      known.delete(nameOf(TableName, Key));
    } else {
      known.clear();
    }
    writesBegun++;
    writesUnderWay++;
    response.once('close', () => writesUnderWay--);
  }

  /** A read that a write overlapped may have seen either version: it is not kept. */
  function keepAnswer(read: KeyedRead, response: ServerResponse): void {
    if (writesUnderWay > 0) return;
    const seen = writesBegun;
    const end = response.end.bind(response) as (text: string) => ServerResponse;
    response.end = ((text: string) => {
      if (response.statusCode === 200 && writesBegun === seen) {
        for (const item of itemsOf(read, text)) keepItem(read, item);
      }
      return end(text);
    }) as typeof response.end;
  }

  function keepItem({ table, keys }: KeyedRead, item: Item): void {
    const key = Object.fromEntries(Object.keys(keys[0] ?? {}).map((name) => [name, item[name]]));
    const text = JSON.stringify(item);
    if (Buffer.byteLength(text) <= unitBytes) known.set(nameOf(table, key), text);
  }

  function findAll({ table, keys }: KeyedRead): string[] | undefined {
    const names = new Set(keys.map((key) => nameOf(table, key)));
    // One key twice is an error, which DynamoDB has the words for.
    if (names.size !== keys.length) return undefined;
    const texts: string[] = [];
    for (const name of names) {
      const text = known.get(name);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return texts;
  }

  return async (request, response) => {
    const body = await readBody(request);
    const operation = operationOf(request);
    const read = toKeyedRead(operation, body);
    if (read) {
      const texts = findAll(read);
      if (texts) return answer(request, response, toText(read, texts));
      keepAnswer(read, response);
    } else if (!searches.has(operation)) {
      beginWrite(operation, body, response);
    }
    table(replay(request, body), response);
  };
}

function operationOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target']).split('.')[1] ?? '';
}

/** Nothing for a read that wants something special, which is left to DynamoDB. */
function toKeyedRead(operation: string, body: string): KeyedRead | undefined {
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
    const { Keys, ConsistentRead, ...special } = asked;
    return toPlainRead(table, Keys, ConsistentRead, ReturnConsumedCapacity, special, true);
  }
  return undefined;
}

function toPlainRead(
  table: string,
  keys: Key[],
  consistent: boolean | undefined,
  capacity: string | undefined,
  special: object,
  batch: boolean,
): KeyedRead | undefined {
  if (Object.keys(special).length > 0 || keys.length > mostKeys) return undefined;
  if (capacity === 'INDEXES') return undefined;
  return { table, keys, units: consistent ? 1 : 0.5, capacity: capacity === 'TOTAL', batch };
}

function nameOf(table: string, key: Key): string {
  return `${table} ${JSON.stringify(key)}`;
}

function itemsOf({ table, batch }: KeyedRead, text: string): Item[] {
  const answer = JSON.parse(text) as { Item?: Item; Responses?: Record<string, Item[]> };
  if (batch) return answer.Responses?.[table] ?? [];
  return answer.Item ? [answer.Item] : [];
}

function toText({ table, units, capacity, batch }: KeyedRead, texts: string[]): string {
  const consumed = { TableName: table, CapacityUnits: units * texts.length };
  const suffix = (value: object) =>
    capacity ? `,"ConsumedCapacity":${JSON.stringify(value)}` : '';
  if (!batch) return `{"Item":${texts[0]}${suffix(consumed)}}`;
  // Backwards, so that nobody can count on the order.
  const items = texts.reverse().join(',');
  return `{"Responses":{${JSON.stringify(table)}:[${items}]},"UnprocessedKeys":{}${suffix([consumed])}}`;
}

function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, {
    'x-amzn-RequestId': randomUUID(),
    'x-amz-crc32': crc32(body),
    'Content-Type': request.headers['content-type'],
    'Content-Length': body.length,
  });
  response.end(body);
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}

/** The same request with its body still to be read. */
function replay({ headers, method, url }: IncomingMessage, body: string): IncomingMessage {
  return Object.assign(Readable.from([Buffer.from(body)]), {
    headers,
    method,
    url,
  }) as IncomingMessage;
}
