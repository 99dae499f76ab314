import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Refusal } from '../../refusal.ts';
import { subjectOf } from './rate-limits.ts';

/** Pictures that a task holds at once, on their way in, waiting or being rendered. */
const uploadPolicy = {
  max: 12,
  /** Of one caller: a slow one holds no more. */
  maxPerCaller: 2,
} as const;

/**
 * Bounds what uploads take of the memory before a byte of them is read. They are long work beside
 * the task's own, so they have a bound of their own and count to no other.
 */
export const uploads = plugin(
  async (app) => {
    const held = new Map<FastifyRequest, string>();
    app.onExchangeEnd((request) => {
      held.delete(request);
    });

    app.decorate('holdUpload', async (request: FastifyRequest, reply: FastifyReply) => {
      app.countUpload(request, reply);
      const subject = subjectOf(request.caller);
      const own = [...held.values()].filter((other) => other === subject).length;
      if (held.size >= uploadPolicy.max || own >= uploadPolicy.maxPerCaller) {
        throw new Refusal('OVERLOADED', 'Too many pictures at once.', { retryAfterSeconds: 1 });
      }
      held.set(request, subject);
    });
  },
  { name: 'uploads', dependencies: ['exchange', 'rate-limits'] },
);

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The hook of routes that take pictures, once the caller is admitted.
     * @throws {Refusal} RATE_LIMITED, OVERLOADED
     */
    holdUpload(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}
