import plugin from 'fastify-plugin';
import { DeadlineSignal } from '../../concurrency/deadline-signal.ts';
import type { WorkSignal } from '../../concurrency/work-signal.ts';
import { Refusal } from '../../refusal.ts';

/** Of a request to its answer, the time its body takes to arrive left out; every call ends within it. */
export const requestBudgetMs = 4_000;

const deadlineKey = Symbol('deadline');
const spentKey = Symbol('spent');

/** `request.deadline` ends work nobody waits for: its reason is the Refusal to answer with. */
export const deadline = plugin(
  async (app) => {
    app.decorateRequest(deadlineKey, null);
    app.decorateRequest(spentKey, 0);
    app.decorateRequest('deadline', {
      getter() {
        const { budgetMs = requestBudgetMs } = this.routeOptions.config;
        this[deadlineKey] ??= new DeadlineSignal(budgetMs - this[spentKey], timedOut);
        return this[deadlineKey];
      },
    });
    // What came before, as waiting for signing keys, counts; a slow body does not.
    app.addHook('preParsing', (request, reply, payload, done) => {
      request[spentKey] = reply.elapsedTime;
      done(null, payload);
    });
    app.onExchangeEnd((request, reply) => {
      const signal = request[deadlineKey];
      if (reply.raw.writableFinished) signal?.release();
      else signal?.abort(new Refusal('CLIENT_CLOSED', 'The client closed the connection.'));
    });
  },
  { name: 'deadline', dependencies: ['exchange'] },
);

function timedOut(): Refusal {
  return new Refusal('DEADLINE_EXCEEDED', 'The time budget of the request is spent.', {
    retryAfterSeconds: 1,
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Milliseconds, where a route needs another budget than `requestBudgetMs`. */
    budgetMs?: number;
  }
  interface FastifyRequest {
    readonly deadline: WorkSignal;
    [deadlineKey]: DeadlineSignal | null;
    [spentKey]: number;
  }
}
