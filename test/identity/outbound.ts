import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Test } from 'tap';

/** The ports this process opened connections to since the call. */
export function watchOutbound(t: Test): Set<number> {
  const ports = new Set<number>();
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once('connect', () => ports.add(socket.remotePort ?? 0));
    socket.once('error', () => ports.add(-1));
  };
  subscribe('net.client.socket', note);
  t.teardown(() => unsubscribe('net.client.socket', note));
  return ports;
}
