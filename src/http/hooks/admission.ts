import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Refusal } from '../../refusal.ts';

/** Lets in whom the service knows and who is within their limit. */
export const admission = plugin(
  async (app) => {
    const introduce = async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        await app.authenticate(request, app.waitForTurn);
      } catch (error) {
        if (isBadToken(error)) await app.countAddress(request, reply);
        throw error;
      }
    };
    const findFault = (request: FastifyRequest, reply: FastifyReply): Error | undefined => {
      app.proveConnection(request);
      try {
        app.countCaller(request, reply);
        return undefined;
      } catch (error) {
        return error as Error;
      }
    };
    // Nearly every caller is known, and then there is nothing to wait for.
    app.decorate('admit', (request: FastifyRequest, reply: FastifyReply, done: Done) => {
      if (app.recall(request)) return done(findFault(request, reply));
      introduce(request, reply).then(() => done(findFault(request, reply)), done);
    });
  },
  { name: 'admission', dependencies: ['authentication', 'connections', 'rate-limits'] },
);

type Done = (error?: Error) => void;

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
    admit(request: FastifyRequest, reply: FastifyReply, done: Done): void;
  }
}
