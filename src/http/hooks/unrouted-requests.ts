import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Refusal } from '../../refusal.ts';

/** What the router refused before there was a route, by request. */
const refusals = new WeakMap<IncomingMessage, Error>();
/** Where no route is. */
const nowhere = '/nowhere';

/**
 * Refuses what is addressed to nothing: no route, an address that can't be read, not one host. Such
 * requests are counted to the address they come from, and no body of theirs is read.
 */
export const unroutedRequests = plugin(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      const refusal = findRefusal(request);
      if (!refusal) return done();
      app.shed(request, reply, (overloaded) => {
        if (overloaded) return done(overloaded);
        app.countUnaddressed(request, reply).then(() => done(refusal), done);
      });
    });
  },
  { name: 'unrouted-requests', dependencies: ['overload', 'rate-limits'] },
);

/** The router calls no hooks for what it can't read, so that goes round again, to no route. */
export function routeNowhere(
  app: FastifyInstance,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  refusals.set(request.raw, error);
  request.raw.url = nowhere;
  app.routing(request.raw, reply.raw);
}

function findRefusal({ raw, is404 }: FastifyRequest): Error | undefined {
  const { host } = raw.headers;
  if (host === undefined && raw.httpVersion === '1.1') {
    return new Refusal('BAD_REQUEST', 'A request of HTTP/1.1 names its host.');
  }
  // Several come joined by it.
  if (host?.includes(', ')) return new Refusal('BAD_REQUEST', 'A request names one host.');
  // The router takes any first character for the slash, and Node lets an asterisk through.
  if (!is404 && !raw.url?.startsWith('*')) return undefined;
  return refusals.get(raw) ?? new Refusal('ROUTE_NOT_FOUND', 'There is nothing at this address.');
}
