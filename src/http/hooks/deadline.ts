import plugin from 'fastify-plugin';
import { DomainError } from '../../errors.ts';
import { RequestSignal } from './request-signal.ts';

/** Of a request to its answer, the time its body takes to arrive left out; every call ends within it. */
export const requestBudgetMs = 4_000;

const signalKey = Symbol('signal');
const spentKey = Symbol('spent');

/** `request.signal` ends work nobody waits for: its reason is the DomainError to answer with. */
export const deadline = plugin(async (app) => {
  app.decorateRequest(signalKey, null);
  app.decorateRequest(spentKey, 0);
  app.decorateRequest('signal', {
    getter() {
      this[signalKey] ??= new RequestSignal(requestBudgetMs - this[spentKey], timedOut);
      return this[signalKey];
    },
  });
  // What came before, as waiting for signing keys, counts; a slow body does not.
  app.addHook('preParsing', (request, reply, payload, done) => {
    request[spentKey] = reply.elapsedTime;
    done(null, payload);
  });
  app.onExchangeEnd((request, reply) => {
    const signal = request[signalKey];
    if (reply.raw.writableFinished) signal?.release();
    else signal?.abort(new DomainError('CLIENT_CLOSED', 'The client closed the connection.'));
  });
});

function timedOut(): DomainError {
  return new DomainError('DEADLINE_EXCEEDED', 'The time budget of the request is spent.', {
    retryAfterSeconds: 1,
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    readonly signal: AbortSignal;
    [signalKey]: RequestSignal | null;
    [spentKey]: number;
  }
}
