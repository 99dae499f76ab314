import plugin from 'fastify-plugin';
import { hashSubject } from '../../telemetry/subject-hash.ts';
import { routeOf } from './exchange.ts';
import { perCaller } from './per-caller.ts';

/**
 * One line for each request: never an address line as sent (it may carry an e-mail address),
 * a header or a body. The subject is a keyed hash: lines of one person can be told together,
 * not who it is. The key is drawn at start. What is shed is counted and not logged line by line:
 * writing the lines would cost more than the shedding saves.
 */
export const accessLog = plugin<{ subjectKey: Buffer }>(
  async (app, { subjectKey }) => {
    const readSubject = perCaller((caller) =>
      hashSubject(subjectKey, caller.kind === 'person' ? caller.userId : caller.clientId),
    );

    app.onExchangeEnd((request, reply, status) => {
      if (request.problemCode === 'OVERLOADED') return;
      const { caller } = request;
      request.log.info(
        {
          method: request.method,
          route: routeOf(request),
          status,
          ms: Math.round(reply.elapsedTime * 100) / 100,
          code: request.problemCode,
          traceId: request.traceId,
          caller: caller?.kind,
          subject: caller ? readSubject(caller) : undefined,
        },
        'request',
      );
    });
  },
  { name: 'access-log', dependencies: ['exchange'] },
);

declare module 'fastify' {
  interface FastifyRequest {
    /** W3C trace id, where the request is traced. */
    traceId?: string;
  }
}
