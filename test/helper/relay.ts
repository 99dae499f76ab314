import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { TableEngine } from './table-engine.ts';

/** One call of the AWS SDK on its way to the table. */
export interface TableCall {
  /** Such as `PutItem`. */
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever DynamoDB's own protocol has
  readonly input: any;
}

export interface AnsweredCall extends TableCall {
  /** Units of the table and of every index it touched. */
  readonly capacity: number;
  /** Its condition did not hold. */
  readonly refused: boolean;
}

/** `cut`: forward, then lose the answer. `drop`: lose the call itself. An object: answer with it. */
export type Interception = 'cut' | 'drop' | { readonly status?: number; readonly body: object };

export interface Relay extends TableEngine {
  /** Calls that were forwarded and answered, in the order of their answers. */
  readonly calls: AnsweredCall[];
  /** Decides about the next calls while set. */
  intercept: ((call: TableCall) => Interception | undefined) | undefined;
  /** Loses the answers of the next calls of this operation. */
  cutNext(operation: string, count?: number): void;
}

/** A real HTTP relay in front of a table engine that counts calls and loses answers when told to. */
export async function startRelay(t: Test, engine: TableEngine): Promise<Relay> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const text = Buffer.concat(chunks).toString();
    const call = { operation, input: JSON.parse(text || '{}') };
    const interception = relay.intercept?.(call);
    if (interception === 'drop') return request.socket.destroy();
    if (typeof interception === 'object') {
      response.writeHead(interception.status ?? 200, { 'content-type': contentType });
      return response.end(JSON.stringify(interception.body));
    }
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(engine.endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: text,
    }).catch(() => undefined);
    // The engine went away, with its test.
    if (!answer) return request.socket.destroy();
    const body = await answer.text();
    const capacity = readCapacity(JSON.parse(body || '{}'));
    relay.calls.push({ ...call, capacity, refused: body.includes('ConditionalCheckFailed') });
    if (interception === 'cut') return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const relay: Relay = {
    ...engine,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    intercept: undefined,
    cutNext(operation, count = 1) {
      let left = count;
      relay.intercept = (call) => (call.operation === operation && left-- > 0 ? 'cut' : undefined);
    },
  };
  return relay;
}

const contentType = 'application/x-amz-json-1.0';

interface Capacity {
  CapacityUnits?: number;
}

function readCapacity({ ConsumedCapacity }: { ConsumedCapacity?: Capacity | Capacity[] }): number {
  const parts = [ConsumedCapacity ?? []].flat();
  return parts.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
