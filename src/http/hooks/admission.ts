import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Refusal } from '../../refusal.ts';

/** Lets in whom the service knows and who is within their limit. */
export const admission = plugin(
  async (app) => {
    app.decorate('admit', async (request: FastifyRequest, reply: FastifyReply) => {
      if (!app.recall(request)) {
        try {
          await app.authenticate(request, app.waitForTurn);
        } catch (error) {
          if (isBadToken(error)) await app.countAddress(request, reply);
          throw error;
        }
      }
      app.proveConnection(request);
      await app.countCaller(request, reply);
    });
  },
  { name: 'admission', dependencies: ['authentication', 'connections', 'rate-limits'] },
);

/** That the keys are unavailable is not the sender's doing. */
function isBadToken(error: unknown): boolean {
  return (
    error instanceof Refusal && (error.code === 'TOKEN_MISSING' || error.code === 'TOKEN_INVALID')
  );
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The hook of routes that need a caller: recognises them and counts the request to them; a
     * refused one counts to its address.
     */
    admit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}
