import rateLimit, { type CreateRateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { type Balance, createBudget } from '../../concurrency/budget.ts';
import { createFairTurns } from '../../concurrency/fair-turns.ts';
import type { Caller } from '../../identity/caller.ts';
import { Refusal } from '../../refusal.ts';
import { groupOfAddress } from '../address-group.ts';
import { perCaller } from './per-caller.ts';

export interface RateLimitsOptions {
  readonly perMinute: number;
}

const minute = 60_000;
/** A picture costs a decoder's half second of a core: it counts as so many requests. */
const requestsPerUpload = 20;
/** Buckets kept; the least recently used goes first. */
const maxBuckets = 20_000;

/**
 * Tokens of addresses that sent too many bad ones: 2,000 a second, which is a tenth of a core, and
 * two seconds of them in queues, one for each connection. An address that sends more waits behind
 * themselves, and a good token on a connection of its own still gets its turn.
 */
const slowPath = { perTick: 10, tickMs: 5, maxWaiting: 4_000 };

/**
 * Requests a minute, for each task: of a caller by their verified subject, wherever they come from;
 * of an address for what it failed to authenticate. An address may be a whole company's: beyond
 * its limit its bad tokens are refused with 429, and its new ones are verified in turn.
 */
export const rateLimits = plugin<RateLimitsOptions>(
  async (app, { perMinute }) => {
    await app.register(rateLimit, { global: false });
    const common: CreateRateLimitOptions & { cache: number } = {
      max: perMinute,
      timeWindow: minute,
      cache: maxBuckets,
    };
    // Every request is counted here: the library's limiter makes seven promises for one.
    const budget = { windowMs: minute, maxKeys: maxBuckets };
    const spendRequest = createBudget({ ...budget, max: perMinute });
    const spendUpload = createBudget({ ...budget, max: Math.ceil(perMinute / requestsPerUpload) });
    const addresses = app.createRateLimit({ ...common, keyGenerator: addressOf });
    const unaddressed = app.createRateLimit({ ...common, keyGenerator: addressOf });
    const turns = createFairTurns(slowPath);

    app.decorate('countCaller', (request: FastifyRequest, reply: FastifyReply) =>
      enforceLimit(spendRequest(subjectOf(request.caller), 1), reply),
    );
    app.decorate('countUpload', (request: FastifyRequest, reply: FastifyReply) =>
      enforceLimit(spendUpload(subjectOf(request.caller), 1), reply),
    );
    app.decorate('countAddress', async (request: FastifyRequest, reply: FastifyReply) =>
      enforce(await addresses(request), reply),
    );
    app.decorate('countUnaddressed', async (request: FastifyRequest, reply: FastifyReply) =>
      enforce(await unaddressed(request), reply),
    );
    app.decorate('waitForTurn', async (request: FastifyRequest): Promise<void> => {
      const verdict = await addresses(request, { increment: false });
      if (verdict.isAllowed || !verdict.isExceeded) return;
      const { remoteAddress, remotePort } = request.socket;
      const connection = `${addressOf(request)} ${remoteAddress} ${remotePort}`;
      if (!(await turns.take(connection))) throw tooManyRequests(1);
    });
  },
  { name: 'rate-limits', dependencies: ['authentication'] },
);

type Verdict = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function enforce(verdict: Verdict, reply: FastifyReply): void {
  if (!verdict.isAllowed) enforceLimit(verdict, reply);
}

/**
 * Headers of draft-ietf-httpapi-ratelimit-headers-06.
 * @throws {Refusal} RATE_LIMITED where the limit is passed
 */
export function enforceLimit(balance: Balance, reply: FastifyReply): void {
  const { max, remaining, ttlInSeconds, isExceeded } = balance;
  reply.header('ratelimit-limit', max);
  reply.header('ratelimit-remaining', remaining);
  reply.header('ratelimit-reset', ttlInSeconds);
  if (isExceeded) throw tooManyRequests(ttlInSeconds);
}

function tooManyRequests(retryAfterSeconds: number): Refusal {
  return new Refusal('RATE_LIMITED', 'Too many requests; try again later.', {
    retryAfterSeconds,
  });
}

function addressOf({ ip }: FastifyRequest): string {
  return groupOfAddress(ip);
}

const nameCaller = perCaller((caller) =>
  caller.kind === 'person' ? `person ${caller.userId}` : `service ${caller.clientId}`,
);

/** Whom a limit counts for. */
export function subjectOf(caller: Caller | null): string {
  return caller ? nameCaller(caller) : 'nobody';
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a request to its caller. Each of these throws RATE_LIMITED past the limit. */
    countCaller(request: FastifyRequest, reply: FastifyReply): void;
    /** Counts an upload to its caller, beside the request. */
    countUpload(request: FastifyRequest, reply: FastifyReply): void;
    /** Counts a failed authentication to its address. */
    countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>;
    /** Counts what goes to no route to its address, apart from failed authentications. */
    countUnaddressed(request: FastifyRequest, reply: FastifyReply): Promise<void>;
    /** Before a new token of an address past its limit is verified. */
    waitForTurn(request: FastifyRequest): Promise<void>;
  }
}
