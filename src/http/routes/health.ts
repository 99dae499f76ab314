import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { json, problemAnswers } from '../answers.ts';
import { setSerializer } from '../validation.ts';

const status = z.object({ status: z.string() }).meta({ examples: [{ status: 'ok' }] });
// Asked first of all, so nothing is compiled for it.
setSerializer(status, JSON.stringify);
const tags = ['Health'];

/**
 * Health checks of the platform. Neither reads the table: were it ill, a reading check would
 * take every task out at once.
 */
export const health: FastifyPluginAsyncZod<{ isReady: () => boolean }> = async (
  app,
  { isReady },
) => {
  app.get(
    '/livez',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Is the process alive?',
        description: 'Returns 200 as long as the process serves at all. No token needed.',
        tags,
        security: [],
        response: { 200: json('Alive.', status), ...problemAnswers(['BAD_REQUEST']) },
      },
    },
    async () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether this task should get traffic',
        description:
          'Returns 200 once the signing keys have been fetched, and 503 while the task drains or has no valid AWS credentials to reach the table with. No token needed.',
        tags,
        security: [],
        response: {
          200: json('Ready.', status),
          503: json('Not ready: starting, draining, or without AWS credentials.', status),
          ...problemAnswers(['BAD_REQUEST']),
        },
      },
    },
    async (_request, reply) => {
      if (isReady()) return { status: 'ok' };
      return reply.code(503).header('retry-after', 1).send({ status: 'unavailable' });
    },
  );
};
