import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

/** The status of a request whose client left before its answer was sent. */
const clientClosedStatus = 499;

export type EndListener = (request: FastifyRequest, reply: FastifyReply, status: number) => void;

/**
 * A request and its answer, from beginning to end. Fastify's `onResponse` never runs for a client
 * that left, so whatever counts or cancels listens here: once for each request, however it ended.
 */
export const exchange = plugin<{ isDraining: () => boolean }>(
  async (app, { isDraining }) => {
    const listeners: EndListener[] = [];
    app.decorate('onExchangeEnd', (listener: EndListener) => {
      listeners.push(listener);
    });

    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id);
      // A connection that is kept would bring its next request to a task that is about to end.
      if (isDraining()) reply.header('connection', 'close');
      const pending = pendingOf(request.raw.socket);
      const end = () => {
        if (!pending.delete(end)) return;
        const status = reply.raw.writableFinished ? reply.statusCode : clientClosedStatus;
        if (status === clientClosedStatus) request.problemCode ??= 'CLIENT_CLOSED';
        for (const listener of listeners) listener(request, reply, status);
      };
      pending.add(end);
      reply.raw.on('close', end);
      done();
    });
  },
  { name: 'exchange' },
);

const pendingKey = Symbol('pending');

/**
 * How the exchanges of a connection end should it break. The answer of a pipelined request that
 * was not its turn yet is never told, so the connection is asked, with one listener for all.
 */
function pendingOf(socket: Socket & { [pendingKey]?: Set<() => void> }): Set<() => void> {
  const known = socket[pendingKey];
  if (known) return known;
  const pending = new Set<() => void>();
  socket[pendingKey] = pending;
  socket.on('close', () => {
    for (const end of pending) end();
  });
  return pending;
}

/** Whether a request of this connection is not answered yet. */
export function isExchanging(socket: Socket & { [pendingKey]?: Set<() => void> }): boolean {
  return (socket[pendingKey]?.size ?? 0) > 0;
}

/** The pattern of the route, or a constant where there is none. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}

declare module 'fastify' {
  interface FastifyInstance {
    onExchangeEnd(listener: EndListener): void;
  }
}
