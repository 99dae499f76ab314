import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { buildConnector } from 'undici';
import { expireInTime, keepFromExpiring } from '../concurrency/alarm.ts';
import { createTicker } from '../concurrency/ticker.ts';
import { type Answer, AnswerReader } from './answer-reader.ts';
import { asTransient, brokenError, timeoutError } from './attempt-errors.ts';
import { Exchange, type RequestBounds } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';

export interface ConnectionPoolOptions {
  /** `https://dynamodb.eu-west-1.amazonaws.com` */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  /** How long a connection is kept that nobody uses. */
  readonly idleMs: number;
  readonly maxConnections: number;
}

export interface ConnectionPool {
  /**
   * Any answer is one, whatever its status.
   * @throws where none came: by the errors' names the SDK knows whether another attempt makes sense
   */
  request(request: HttpRequest, bounds: RequestBounds): Promise<Answer>;
  /** Ends what is under way. */
  destroy(): void;
}

interface Connection {
  readonly socket: Socket;
  readonly reader: AnswerReader;
  exchange: Exchange | undefined;
  /** By `performance.now()`. */
  idleUntil: number;
}

/** A server may close a connection at its limit while a request is on its way. */
const keepAliveMarginMs = 1_000;

/**
 * Connections to one server that are kept, with one request at a time on each. undici opens them; what
 * it does for every request made a quarter of a read's calls of functions
 * (docs/decisions/0012-connections.md).
 */
export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { origin, connectTimeoutMs, maxConnections } = options;
  const { protocol, hostname, host, port } = new URL(origin);
  const address = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port };
  // undici's own timers have a bound of half a second end after up to a whole one.
  const connect = buildConnector({ timeout: 0 });
  const sockets = new Set<Socket>();
  /** The one that was used last is the next to be used, so that the others can go. */
  const idle: Connection[] = [];
  const waiting = new Set<Exchange>();
  const sweeping = createTicker(options.idleMs / 4, sweep);
  /** Whom each connection is opened for; when it is there, whoever waits longest takes it. */
  const openings = new Set<{ readonly exchange: Exchange }>();
  let isDestroyed = false;

  function request(wanted: HttpRequest, bounds: RequestBounds): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(origin, host, wanted, bounds, { resolve, reject, waiting });
      if (isDestroyed) exchange.fail(new Error('The connections are closed'));
      if (!exchange.isOver) place(exchange);
    });
  }

  function place(exchange: Exchange): void {
    const connection = takeIdle();
    if (connection) start(connection, exchange);
    else {
      waiting.add(exchange);
      openAsNeeded();
    }
  }

  function takeIdle(): Connection | undefined {
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      const { socket, idleUntil } = connection;
      if (idleUntil > performance.now() && !socket.destroyed) return connection;
      socket.destroy();
    }
    return undefined;
  }

  function start(connection: Connection, exchange: Exchange): void {
    connection.exchange = exchange;
    connection.reader.maxBytes = exchange.maxBytes;
    exchange.socket = connection.socket;
    connection.socket.ref();
    connection.socket.write(exchange.text);
  }

  /** What one waited for in vain is nothing to count on for the next. */
  function openAsNeeded(): void {
    if (isDestroyed || sockets.size >= maxConnections) return;
    let hopeful = 0;
    for (const { exchange } of openings) if (!exchange.hasFailed) hopeful++;
    for (const exchange of [...waiting].slice(hopeful, hopeful + maxConnections - sockets.size)) {
      open(exchange);
    }
  }

  function open(exchange: Exchange): void {
    const begun = { exchange };
    openings.add(begun);
    // The types have no word of what it answers with.
    const socket = connect(address as buildConnector.Options, (...[error]) => {
      keepFromExpiring(bound);
      openings.delete(begun);
      if (!error) release(keep(socket));
      else if (waiting.has(exchange)) exchange.fail(asTransient(error));
    }) as unknown as Socket;
    const bound = {
      endsAt: performance.now() + connectTimeoutMs,
      expire: () => socket.destroy(timeoutError(host, connectTimeoutMs)),
    };
    expireInTime(bound);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      openAsNeeded();
    });
  }

  function keep(socket: Socket): Connection {
    const reader = new AnswerReader();
    const connection: Connection = { socket, reader, exchange: undefined, idleUntil: 0 };
    const lose = (error: unknown) => {
      const { exchange } = connection;
      connection.exchange = undefined;
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
      exchange?.fail(error);
      socket.destroy();
    };
    const take = (read: () => Answer | undefined) => {
      try {
        const answer = read();
        if (answer) settle(connection, answer);
      } catch (error) {
        lose(error);
      }
    };
    socket.on('data', (piece: Buffer) => {
      // What nobody asked for would be the answer to whatever is asked next.
      if (connection.exchange) take(() => reader.read(piece));
      else socket.destroy();
    });
    socket.on('end', () => {
      take(() => reader.end());
      lose(brokenError(host));
    });
    socket.on('error', lose);
    socket.on('close', () => lose(brokenError(host)));
    return connection;
  }

  function settle(connection: Connection, answer: Answer): void {
    const { exchange, reader, socket } = connection;
    connection.exchange = undefined;
    if (reader.keptMs > 0) release(connection);
    else socket.destroy();
    exchange?.succeed(answer);
  }

  function release(connection: Connection): void {
    const next = firstWaiting();
    if (next) {
      waiting.delete(next);
      start(connection, next);
    } else rest(connection);
  }

  function rest(connection: Connection): void {
    const keptMs = Math.min(options.idleMs, connection.reader.keptMs - keepAliveMarginMs);
    connection.idleUntil = performance.now() + keptMs;
    // It keeps no process alive.
    connection.socket.unref();
    idle.push(connection);
    sweeping.start();
  }

  function firstWaiting(): Exchange | undefined {
    const [first] = waiting;
    return first;
  }

  function sweep(): boolean {
    const now = performance.now();
    for (const { idleUntil, socket } of idle) if (idleUntil <= now) socket.destroy();
    return sockets.size > 0;
  }

  function destroy(): void {
    isDestroyed = true;
    for (const exchange of waiting) exchange.fail(new Error('The connections are closed'));
    for (const socket of sockets) socket.destroy();
    sweeping.stop();
  }

  return { request, destroy };
}
