import type { FastifyReply } from 'fastify';

/** Says that the answer depends on this request header too, beside what a hook named before (CORS). */
export function varyBy(reply: FastifyReply, header: string): void {
  const named = reply.getHeader('vary');
  reply.header('vary', named ? `${named}, ${header}` : header);
}
