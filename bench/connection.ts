import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One keep-alive connection that sends prepared bytes and reads whole answers. */
export interface Connection {
  /** Calls `done` with the body, or with the fault that makes the answer unusable. */
  send(bytes: Buffer, done: (fault: string | undefined, body: Buffer) => void): void;
  close(): void;
}

const nothing = Buffer.alloc(0);

/**
 * The least that HTTP/1.1 without pipelining needs. A general client spends as much CPU on a
 * request as a fast server does, and here both share two cores.
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let received: Buffer[] = [];
  let missing = 0;
  let status = 0;
  let finish: ((fault: string | undefined, body: Buffer) => void) | undefined;

  const settle = (fault: string | undefined, body: Buffer) => {
    const done = finish;
    finish = undefined;
    done?.(fault, body);
  };
  socket.on('data', (chunk) => {
    if (received.length === 0) {
      // The heads of all contenders are far shorter than a first segment.
      const end = chunk.indexOf('\r\n\r\n');
      if (end < 0) return settle('head in pieces', nothing);
      const head = chunk.toString('latin1', 0, end);
      status = Number(head.slice(9, 12));
      const length = contentLengthOf(head);
      if (length === undefined) return settle('no content-length', nothing);
      const body = chunk.subarray(end + 4);
      received.push(body);
      missing = length - body.length;
    } else {
      received.push(chunk);
      missing -= chunk.length;
    }
    if (missing > 0) return;
    const body = received.length === 1 ? (received[0] ?? nothing) : Buffer.concat(received);
    received = [];
    if (missing < 0) return settle('more than one answer', body);
    settle(status === 200 ? undefined : `status ${status}`, body);
  });
  socket.on('error', (error) => settle(error.message, nothing));
  socket.on('close', () => settle('connection closed', nothing));

  return {
    send(bytes, done) {
      finish = done;
      if (socket.destroyed) return settle('connection closed', nothing);
      socket.write(bytes);
    },
    close: () => socket.destroy(),
  };
}

function contentLengthOf(head: string): number | undefined {
  const name = 'ontent-length: ';
  let from = head.indexOf(name);
  if (from < 0) from = head.indexOf('ontent-Length: ');
  return from < 0 ? undefined : Number.parseInt(head.slice(from + name.length), 10);
}
