import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What each kind of socket sends first, and then again and again. */
interface Kind {
  readonly head: string;
  readonly drip?: string;
  /** Leaves what it is answered in the network; what it drips tells whether it is closed. */
  readonly unread?: boolean;
}

const request = (line: string, headers: readonly string[]) =>
  [line, 'host: service', ...headers].join('\r\n');

/** Sockets of callers without a token. */
const kinds = {
  silent: { head: '' },
  'slow headers': { head: request('GET /v1/profiles/me HTTP/1.1', []), drip: '\r\nx-slow: y' },
  'slow bodies': {
    head: `${request('PATCH /v1/profiles/me HTTP/1.1', [
      'content-type: application/json',
      'content-length: 60000',
    ])}\r\n\r\n{"displayName":"`,
    drip: 'a',
  },
  'slow bodies to nowhere': {
    head: `${request('POST /nowhere HTTP/1.1', [
      'content-type: application/json',
      'content-length: 60000',
    ])}\r\n\r\n{"a":"`,
    drip: 'a',
  },
  'unread answers': {
    head: `${request('GET /docs/reference.js HTTP/1.1', [])}\r\n\r\n`,
    drip: '\r\n',
    unread: true,
  },
  'unread refusals': {
    head: `${request('GET /v1/profiles/me HTTP/1.1', [])}\r\n\r\n`.repeat(100),
    drip: '\r\n',
    unread: true,
  },
} satisfies Record<string, Kind>;

export interface Sockets {
  readonly open: ReadonlySet<Socket>;
  /** How many were opened, those again that the service closed included. */
  readonly opened: () => number;
  /** From now on, one that is closed stays closed. */
  reopenNoMore(): void;
  stop(): Promise<void>;
}

/** Keeps so many sockets open, in turn of each kind; one that is closed is opened again. */
export function openSockets(
  url: string,
  count: number,
  { reopenMs = Number.POSITIVE_INFINITY, only = Object.values(kinds) as readonly Kind[] } = {},
): Sockets {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let opened = 0;
  let stopped = false;

  function start(kind: Kind): void {
    if (stopped) return;
    opened++;
    const socket = connect(Number(port), hostname);
    open.add(socket);
    if (kind.unread) socket.pause();
    else socket.resume();
    socket.on('error', () => {});
    if (kind.head !== '') socket.write(kind.head);
    const dripping = setInterval(() => {
      if (kind.drip && socket.writable) socket.write(kind.drip);
    }, 1_000);
    socket.on('close', () => {
      clearInterval(dripping);
      open.delete(socket);
      if (Number.isFinite(reopenMs)) setTimeout(() => start(kind), reopenMs);
    });
  }
  for (let at = 0; at < count; at++) start(only[at % only.length] as Kind);

  return {
    open,
    opened: () => opened,
    reopenNoMore() {
      stopped = true;
    },
    async stop() {
      stopped = true;
      for (const socket of open) socket.destroy();
      while (open.size > 0) await sleep(10);
    },
  };
}
