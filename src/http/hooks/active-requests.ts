import { performance } from 'node:perf_hooks';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

const beganKey = Symbol('work began');

/** Milliseconds from the arrival of the body to the answer that is ready to leave. */
export type WorkListener = (request: FastifyRequest, ms: number) => void;

/**
 * What the task works on: requests whose caller is known and whose body has arrived, until their
 * answer is made. Neither a body's slow arrival nor an answer that nobody fetches is work, so a
 * socket is not enough to keep the task busy.
 */
export const activeRequests = plugin(
  async (app) => {
    const listeners: WorkListener[] = [];
    let active = 0;
    app.decorate('onWorkEnd', (listener: WorkListener) => {
      listeners.push(listener);
    });
    app.decorate('countActiveRequests', () => active);

    app.decorateRequest(beganKey, 0);
    app.decorate('beginWork', (request: FastifyRequest) => {
      request[beganKey] = performance.now();
      active++;
    });
    const end = (request: FastifyRequest) => {
      const began = request[beganKey];
      if (began === 0) return;
      request[beganKey] = 0;
      active--;
      for (const listener of listeners) listener(request, performance.now() - began);
    };
    app.addHook('onSend', (request, _reply: FastifyReply, _payload, done) => {
      end(request);
      done();
    });
    // The client may leave before there is an answer.
    app.onExchangeEnd(end);
  },
  { name: 'active-requests', dependencies: ['exchange'] },
);

declare module 'fastify' {
  interface FastifyInstance {
    beginWork(request: FastifyRequest): void;
    /** Once for each piece of work, however it ended. */
    onWorkEnd(listener: WorkListener): void;
    countActiveRequests(): number;
  }
  interface FastifyRequest {
    [beganKey]: number;
  }
}
