import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { createTicker } from '../../concurrency/ticker.ts';
import { Refusal } from '../../refusal.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** Up to where a task takes requests on. Milliseconds. */
const overloadPolicy = {
  /** More at once than this only wait for each other. */
  maxActive: 500,
  /** As many always go on: enough to keep a task busy, too few to pile up. */
  minActive: 32,
  /** Answers that take longer on average are late: fewer requests at once, until they are not. */
  maxLatencyMs: 750,
  /** Mean lateness of the event loop at which only the fewest go on. */
  maxDelayMs: 250,
  /** How often all of this is looked at while there is work. */
  sampleMs: 250,
} as const;

const resolutionMs = 20;
const decrease = 0.8;
const increase = 32;
/** The share of the limit that has to be used before it is lowered. */
const crowded = 0.5;

export interface OverloadOptions {
  readonly metrics: Pick<Metrics, 'requestShed' | 'watchActiveLimit'>;
  readonly log: FastifyBaseLogger;
}

/**
 * Turns requests away with 503 before they cost anything, while the ones taken on still end in
 * time. How many a task can have under way depends on its size, on what is asked and on the
 * table, so the limit follows the time that work takes (additive increase, multiplicative decrease):
 * down while work is slow and its amount is what makes it so, up again with time.
 * `@fastify/under-pressure` reads a lateness that is up to a second old and then turns everything
 * away, health checks included, so the rate swings between all and nothing; and it does not count
 * requests, which rise long before the event loop is late when it is the table that is slow.
 */
export const overload = plugin<OverloadOptions>(
  async (app, { metrics, log }) => {
    const { maxActive, minActive, maxLatencyMs, maxDelayMs, sampleMs } = overloadPolicy;
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    let limit: number = maxActive;
    let late = false;
    let shed = 0;
    let ended = 0;
    let workMs = 0;
    let most = 0;
    metrics.watchActiveLimit(() => (late ? minActive : limit));
    app.onWorkEnd((_request, ms) => {
      ended++;
      workMs += ms;
    });

    /** A task that nobody asks for anything has nothing to look at, and sleeps. */
    const sampling = createTicker(sampleMs, () => {
      late = delay.mean / 1e6 - resolutionMs > maxDelayMs;
      const slow = ended > 0 && workMs / ended > maxLatencyMs;
      // A few slow requests are no crowd: fewer at once would make none of them faster.
      if (slow && most >= limit * crowded) limit = Math.max(minActive, limit * decrease);
      else if (!slow && (ended > 0 || most === 0)) limit = Math.min(maxActive, limit + increase);
      if (shed > 0) {
        const active = app.countActiveRequests();
        log.warn({ requests: shed, active, limit: Math.round(limit), late }, 'shedding');
      }
      const isIdle = most === 0 && limit === maxActive && !late;
      shed = ended = workMs = 0;
      most = app.countActiveRequests();
      delay.reset();
      if (most < minActive) delay.disable();
      return !isIdle || most > 0;
    });
    const noteWork = () => {
      sampling.start();
      const active = app.countActiveRequests();
      if (active <= most) return;
      most = active;
      // With fewer at once nobody is turned away for lateness, and looking for it wakes the task.
      if (most >= minActive) delay.enable();
    };
    app.addHook('onClose', async () => {
      sampling.stop();
      delay.disable();
    });

    const refuses = () => {
      const active = app.countActiveRequests();
      if (active < (late ? minActive : limit)) return false;
      shed++;
      metrics.requestShed(active >= limit ? 'active_requests' : 'event_loop_delay');
      return true;
    };
    app.decorate('shed', (request: FastifyRequest, _reply: FastifyReply, done: Done) => {
      if (!refuses()) return done();
      // Known callers keep their connection, or they would come again on a new one.
      if (app.isUnproven(request) && app.recall(request)) app.proveConnection(request);
      done(overloaded);
    });
    app.decorate('takeOn', (request: FastifyRequest, _reply: FastifyReply, done: Done) => {
      if (refuses()) return done(overloaded);
      app.beginWork(request);
      noteWork();
      done();
    });
  },
  { name: 'overload', dependencies: ['active-requests', 'authentication', 'connections'] },
);

type Done = (error?: Error) => void;

/** One for all: a stack for each would cost more than the rest of the refusal. */
const overloaded = new Refusal('OVERLOADED', 'Too much to do right now.', {
  retryAfterSeconds: 1,
});

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook for the routes that may be turned away: before anything is spent on the request. */
    shed(request: FastifyRequest, reply: FastifyReply, done: Done): void;
    /** The hook that begins the work on a request whose body has arrived, or turns it away. */
    takeOn(request: FastifyRequest, reply: FastifyReply, done: Done): void;
  }
}
