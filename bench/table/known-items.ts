import { randomUUID } from 'node:crypto';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { Item } from './attribute.ts';
import { itemsOf, type KeyedRead, toKeyedRead, tookUnits, toReadText } from './keyed-read.ts';
import { createKnownUpdates, toUpdateText, type UpdateItemInput } from './keyed-update.ts';
import { createKnownSearches } from './known-searches.ts';
import { createWriteLog, everything } from './write-log.ts';

interface KnownItem {
  /** Absent where only parts of it were read. */
  whole?: { item: Item; text: string };
  /** What reads of some attributes are answered, by the attributes' names. */
  parts: Map<string, string>;
}

/** What is to be put in the table before anybody searches it, with the headers that it came with. */
interface Unwritten {
  body: string;
  headers: IncomingHttpHeaders;
}

/** An item whose JSON is no longer than this is one read unit, by whatever rule its size is counted. */
const unitBytes = 4_096;
const lookers = new Set(['Scan', 'DescribeTable', 'ListTables']);

/**
 * Keeps items before an embedded DynamoDB: what it answered for a key is answered again, and an
 * update in words that it has accepted before is applied to what is known; it is told of the item
 * before the next request that reaches it. A search by key is answered again until anything is
 * written. A DynamoDB of Amazon's takes no CPU from any asker; an embedded one takes more of two
 * shared cores for a key than a fast service does for the whole request, for an update four times
 * as much, and hides what tells the contenders apart.
 *
 * Anything else goes through: scans, new items, deletions, and each update that is refused.
 */
export function answerKnownItems(table: RequestListener): RequestListener {
  const known = new Map<string, KnownItem>();
  const unwritten = new Map<string, Unwritten>();
  const updates = createKnownUpdates();
  const writes = createWriteLog();
  const knownSearches = createKnownSearches(writes);
  let settled = Promise.resolve();

  function findAll({ table, keys, attributes }: KeyedRead): string[] | undefined {
    const names = new Set(keys.map((key) => nameOf(table, key)));
    // One key twice is an error, which DynamoDB has the words for.
    if (names.size !== keys.length) return undefined;
    const texts: string[] = [];
    for (const name of names) {
      const text = textOf(known.get(name), attributes);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return texts;
  }

  function applyUpdate(input: UpdateItemInput, headers: IncomingHttpHeaders): string | undefined {
    const name = nameOf(input.TableName, input.Key);
    const before = known.get(name)?.whole;
    const item = before && updates.apply(input, before.item);
    if (!item) return undefined;
    const text = JSON.stringify(item);
    if (Buffer.byteLength(text) > unitBytes) return undefined;
    writes.begin(name)();
    known.set(name, { whole: { item, text }, parts: new Map() });
    unwritten.set(name, { body: `{"TableName":"${input.TableName}","Item":${text}}`, headers });
    return toUpdateText(input, before.item, item, text);
  }

  function keep(name: string, item: Item): void {
    const text = JSON.stringify(item);
    if (Buffer.byteLength(text) > unitBytes) return;
    known.set(name, { whole: { item, text }, parts: new Map() });
  }

  function keepPart(name: string, item: Item, attributes: string[]): void {
    const found: KnownItem = known.get(name) ?? { parts: new Map() };
    found.parts.set(attributes.join(), JSON.stringify(item));
    known.set(name, found);
  }

  /** A read that a write of the same key overlapped may have seen either version: it is not kept. */
  function keepRead(read: KeyedRead, response: ServerResponse): void {
    const { table, keys, attributes } = read;
    const watches = new Map(
      keys.map((key) => [nameOf(table, key), writes.watch(nameOf(table, key))]),
    );
    whenAnswered(response, (text) => {
      const items = itemsOf(read, text);
      // A part doesn't show how long the whole is.
      if (attributes && !tookUnits(read, text, items.length)) return;
      for (const item of items) {
        const key = Object.fromEntries(
          Object.keys(keys[0] ?? {}).map((part) => [part, item[part]]),
        );
        const name = nameOf(table, key as Item);
        if (!watches.get(name)?.()) continue;
        if (attributes) keepPart(name, item, attributes);
        else keep(name, item);
      }
    });
  }

  function keepUpdate(input: UpdateItemInput, response: ServerResponse): void {
    // Its own write begins after this.
    const isAlone = writes.watch(nameOf(input.TableName, input.Key), 1);
    whenAnswered(response, (text) => {
      updates.accept(input);
      if (input.ReturnValues !== 'ALL_NEW' || !isAlone()) return;
      const { Attributes } = JSON.parse(text) as { Attributes?: Item };
      if (Attributes) keep(nameOf(input.TableName, input.Key), Attributes);
    });
  }

  function beginWrite(name: string, response: ServerResponse): void {
    if (name === everything) known.clear();
    else known.delete(name);
    response.once('close', writes.begin(name));
  }

  /** DynamoDB knows all that was answered before. */
  function settle(): Promise<void> {
    if (unwritten.size > 0) {
      const puts = [...unwritten.values()];
      unwritten.clear();
      settled = settled.then(async () => {
        for (const { body, headers } of puts) await put(table, body, headers);
      });
    }
    return settled;
  }

  return async (request, response) => {
    const body = await readBody(request);
    const operation = operationOf(request);
    const read = toKeyedRead(operation, body);
    const update = operation === 'UpdateItem' && (JSON.parse(body) as UpdateItemInput);
    if (read) {
      const texts = findAll(read);
      if (texts) return answer(request, response, toReadText(read, texts));
      keepRead(read, response);
    } else if (update) {
      const text = applyUpdate(update, request.headers);
      if (text !== undefined) return answer(request, response, text);
      keepUpdate(update, response);
      beginWrite(nameOf(update.TableName, update.Key), response);
    } else if (operation === 'Query') {
      const text = knownSearches.find(body);
      if (text !== undefined) return answer(request, response, text);
      whenAnswered(response, knownSearches.watch(body));
    } else if (!lookers.has(operation)) {
      beginWrite(everything, response);
    }
    await settle();
    table(replay(request, body), response);
  };
}

/** What a read of these attributes, or of all, is answered; nothing where it isn't known. */
function textOf(known: KnownItem | undefined, attributes?: string[]): string | undefined {
  if (!known || !attributes) return known?.whole?.text;
  const name = attributes.join();
  const text = known.parts.get(name);
  if (text !== undefined || !known.whole) return text;
  const { item } = known.whole;
  const part = Object.entries(item).filter(([attribute]) => attributes.includes(attribute));
  const made = JSON.stringify(Object.fromEntries(part));
  known.parts.set(name, made);
  return made;
}

function operationOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target']).split('.')[1] ?? '';
}

function nameOf(table: string, key: Item): string {
  return `${table} ${JSON.stringify(key)}`;
}

/** Looks at what was answered with 200 as it leaves. */
function whenAnswered(response: ServerResponse, look: (text: string) => void): void {
  const end = response.end.bind(response) as (text: string) => ServerResponse;
  response.end = ((text: string) => {
    if (response.statusCode === 200) look(text);
    return end(text);
  }) as typeof response.end;
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

/** Throws what the table says against it: a figure measured after that would be of nothing. */
function put(table: RequestListener, body: string, headers: IncomingHttpHeaders): Promise<void> {
  const request = replay(
    {
      headers: { ...headers, 'x-amz-target': 'DynamoDB_20120810.PutItem' },
      method: 'POST',
      url: '/',
    },
    body,
  );
  const response = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    response.end = ((text: string) => {
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the table refuses a known item: ${text}`));
      return response;
    }) as typeof response.end;
    table(request, response);
  });
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
function replay(
  { headers, method, url }: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  body: string,
): IncomingMessage {
  return Object.assign(Readable.from([Buffer.from(body)]), {
    headers,
    method,
    url,
  }) as IncomingMessage;
}
