import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

/** What the relay does to the calls that pass through it. */
export type Fault =
  | { readonly kind: 'none' }
  /** The answer comes this much later, milliseconds. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are refused, as by a host where nothing listens. */
  | { readonly kind: 'refuse' }
  /** Connections are taken and nothing is ever answered. */
  | { readonly kind: 'blackHole' }
  /** The answer has this `Date`. */
  | { readonly kind: 'date'; readonly date: string }
  /** Half of the answer comes, then the connection ends. */
  | { readonly kind: 'cutAnswer' }
  /** The call reaches the engine and takes effect; its answer is lost. */
  | { readonly kind: 'loseAnswer' }
  /** The answer comes a byte at a time, and never ends. */
  | { readonly kind: 'trickle' }
  /** The engine is not asked; DynamoDB's own words for what is wrong come back. */
  | { readonly kind: 'refusal'; readonly status: number; readonly type: string };

export const throttling: Fault = {
  kind: 'refusal',
  status: 400,
  type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
};
export const expiredCredentials: Fault = {
  kind: 'refusal',
  status: 400,
  type: 'com.amazon.coral.service#ExpiredTokenException',
};
export const internalError: Fault = {
  kind: 'refusal',
  status: 500,
  type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
};

export interface Relay {
  readonly endpoint: string;
  /** Calls that arrived so far, attempts counted each. */
  readonly calls: () => number;
  /** Connections the service holds open right now. */
  readonly connections: () => number;
  /** Only calls this says yes to meet the fault. */
  set(fault: Fault, only?: (operation: string) => boolean): Promise<void>;
}

/** Stands between the service and its table engine and misbehaves on demand. */
export async function startRelay(t: Test, engine: string): Promise<Relay> {
  const target = new URL(engine);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const sockets = new Set<Socket>();
  let fault: Fault = { kind: 'none' };
  let applies = (_operation: string) => true;
  let calls = 0;

  const server = createServer(async (incoming, outgoing) => {
    calls++;
    const body = await readAll(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const active = applies(operation) ? fault : ({ kind: 'none' } as const);
    if (active.kind === 'blackHole') return;
    if (active.kind === 'refusal') return refuse(outgoing, active);
    if (active.kind === 'trickle') return trickle(outgoing);
    if (active.kind === 'delay') await sleep(active.ms);
    const answer = await ask(incoming, body).catch(() => undefined);
    if (!answer || active.kind === 'loseAnswer') return void incoming.socket.destroy();
    // One without a body breaks off in its head.
    if (active.kind === 'cutAnswer' && answer.body.length === 0) {
      return void incoming.socket.end(`HTTP/1.1 ${answer.status} OK\r\nconnec`);
    }
    const date = active.kind === 'date' && { date: active.date };
    outgoing.writeHead(answer.status, { ...answer.headers, ...date });
    if (active.kind !== 'cutAnswer') return void outgoing.end(answer.body);
    outgoing.write(answer.body.subarray(0, answer.body.length >> 1));
    setImmediate(() => incoming.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  t.teardown(async () => {
    agent.destroy();
    await close();
  });

  function listen(on: number): Promise<void> {
    return new Promise((resolve) => server.listen(on, '127.0.0.1', resolve));
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  function ask(incoming: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>(
      (resolve, reject) => {
        const { method, url, headers } = incoming;
        const { hostname, port } = target;
        const outgoing = request({ hostname, port, agent, method, path: url, headers }, (answer) =>
          readAll(answer).then(
            (content) =>
              resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
            reject,
          ),
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      },
    );
  }

  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls: () => calls,
    connections: () => sockets.size,
    async set(next, only = () => true) {
      const before = fault;
      fault = next;
      applies = only;
      if (next.kind === 'refuse' && before.kind !== 'refuse') await close();
      if (next.kind !== 'refuse' && before.kind === 'refuse') await listen(port);
      // What hangs keeps hanging for those who wait, but nobody starts on such a connection anew.
      if (before.kind === 'blackHole' || before.kind === 'trickle') {
        for (const socket of sockets) socket.destroy();
      }
    },
  };
}

function refuse(outgoing: ServerResponse, { status, type }: Fault & { kind: 'refusal' }): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify({ __type: type, message: 'The relay says so.' }));
}

function trickle(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  const dripping = setInterval(() => outgoing.write(' '), 200).unref();
  outgoing.on('close', () => clearInterval(dripping));
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
