import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * `/me` is another resource for each caller, under one address and with like entity tags: no
 * cache may answer, or revalidate, for one person what it kept of another.
 */
export function forbidCaching(
  _request: FastifyRequest,
  reply: FastifyReply,
  done: () => void,
): void {
  reply.header('cache-control', 'no-store');
  done();
}
