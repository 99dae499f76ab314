import { EventEmitter, on } from 'node:events';
import type { Test } from 'tap';
import { startHttpServer } from './http-server.ts';
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
  /** When, by `performance.now()`. */
  readonly at: number;
  /** What the engine answered. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever DynamoDB's own protocol has
  readonly output: any;
}

/**
 * `cut`: forward, then lose the answer. `drop`: lose the call itself. `sever`: the caller loses the
 * connection at once, and the call arrives when the promise says. `meanwhile`: forward, wait for
 * this, then lose the answer. `forward`: this in the call's place, and `with` added to its answer.
 * Otherwise answer with the object.
 */
export type Interception =
  | 'cut'
  | 'drop'
  | { readonly sever: Promise<unknown> }
  | { readonly meanwhile: () => Promise<unknown> }
  | { readonly forward: object; readonly with: object }
  | { readonly status?: number; readonly body: object };

type Fault = Exclude<Interception, string> | { readonly none: true };

export interface Relay extends TableEngine {
  /** Calls that were forwarded and answered, in the order of their answers. */
  readonly calls: AnsweredCall[];
  /** Decides about the next calls while set. */
  intercept: ((call: TableCall) => Interception | undefined) | undefined;
  /** Loses the answers of the next calls of this operation. */
  cutNext(operation: string, count?: number): void;
  /** Does this to the next call of one of these operations. */
  interceptNext(operations: readonly string[], interception: Interception): void;
  /** Severs the next of these calls: it arrives, and is answered to nobody, when told to. */
  delayNext(operations: readonly string[]): { arrive(): Promise<AnsweredCall> };
}

/** A real HTTP relay in front of a table engine that counts calls and loses answers when told to. */
export async function startRelay(t: Test, engine: TableEngine): Promise<Relay> {
  const arrived = new EventEmitter();
  const endpoint = await startHttpServer(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const text = Buffer.concat(chunks).toString();
    const call = { operation, input: JSON.parse(text || '{}') };
    const interception = relay.intercept?.(call) ?? 'pass';
    if (interception === 'drop') return request.socket.destroy();
    const fault: Fault = typeof interception === 'object' ? interception : { none: true };
    if ('body' in fault) {
      response.writeHead(fault.status ?? 200, { 'content-type': contentType });
      return response.end(JSON.stringify(fault.body));
    }
    if ('sever' in fault) {
      request.socket.destroy();
      await fault.sever;
    }
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(engine.endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: 'forward' in fault ? JSON.stringify(fault.forward) : text,
    }).catch(() => undefined);
    // The engine went away, with its test.
    if (!answer) return request.socket.destroy();
    const body = await answer.text();
    const output = { ...JSON.parse(body || '{}'), ...('with' in fault && fault.with) };
    const refused = body.includes('ConditionalCheckFailed');
    const at = performance.now();
    const answered = { ...call, at, output, capacity: readCapacity(output), refused };
    relay.calls.push(answered);
    arrived.emit('call', answered);
    if ('meanwhile' in fault) await fault.meanwhile();
    const isLost = interception === 'cut' || 'meanwhile' in fault || 'sever' in fault;
    if (isLost) return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': contentType });
    response.end('with' in fault ? JSON.stringify(output) : body);
  });
  const relay: Relay = {
    createTable: engine.createTable,
    // Made at its first use, as the engine's own.
    get client() {
      return engine.client;
    },
    endpoint,
    calls: [],
    intercept: undefined,
    cutNext(operation, count = 1) {
      let left = count;
      relay.intercept = (call) => (call.operation === operation && left-- > 0 ? 'cut' : undefined);
    },
    interceptNext(operations, interception) {
      let isNext = true;
      relay.intercept = ({ operation }) => {
        if (!isNext || !operations.includes(operation)) return undefined;
        isNext = false;
        return interception;
      };
    },
    delayNext(operations) {
      let severed: TableCall | undefined;
      let release = () => {};
      const sever = new Promise<void>((resolve) => {
        release = resolve;
      });
      relay.intercept = (call) => {
        if (severed || !operations.includes(call.operation)) return undefined;
        severed = call;
        return { sever };
      };
      return {
        async arrive() {
          release();
          for await (const [call] of on(arrived, 'call')) {
            if (call.input === severed?.input) return call;
          }
          throw new Error('It did not arrive');
        },
      };
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
