import rateLimit, { type CreateRateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { DomainError } from '../../errors.ts';
import type { Caller } from '../../identity/caller.ts';
import { TransportError } from '../problem.ts';

export interface LimitsOptions {
  readonly perMinute: number;
}

const minute = 60_000;
/** Buckets kept; the least recently used goes first. */
const maxBuckets = 20_000;
/** One household or machine usually has a whole network of this size. */
const ipv6PrefixBits = 64;

/**
 * Requests a minute, for each task: of a caller by their verified subject, wherever they come from;
 * of an address for what it failed to authenticate.
 */
export const limits = plugin<LimitsOptions>(async (app, { perMinute }) => {
  await app.register(rateLimit, { global: false });
  const common: CreateRateLimitOptions & { cache: number } = {
    max: perMinute,
    timeWindow: minute,
    cache: maxBuckets,
  };
  const countSubject = app.createRateLimit({
    ...common,
    keyGenerator: (request) => subjectOf(request.caller),
  });
  const countAddress = app.createRateLimit({
    ...common,
    keyGenerator: (request) => rateLimit.normalizeIP(request.ip, ipv6PrefixBits),
  });

  /** Recognises the caller and counts the request to them; a refused one counts to its address. */
  app.decorate('admit', async (request: FastifyRequest, reply: FastifyReply) => {
    // /me is another resource for each caller, under one address and with like entity tags:
    // no cache may answer, or revalidate, for one person what it kept of another.
    reply.header('cache-control', 'no-store');
    if (!app.recall(request)) {
      enforce(await countAddress(request, { increment: false }), reply);
      try {
        await app.authenticate(request);
      } catch (error) {
        // That the keys can't be had is not the sender's doing.
        if (isRefusal(error)) enforce(await countAddress(request), reply);
        throw error;
      }
    }
    enforce(await countSubject(request), reply);
  });
});

type Verdict = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function isRefusal(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    (error.code === 'TOKEN_MISSING' || error.code === 'TOKEN_INVALID')
  );
}

/** Headers of draft-ietf-httpapi-ratelimit-headers-06, and 429 where the limit is passed. */
function enforce(verdict: Verdict, reply: FastifyReply): void {
  if (verdict.isAllowed) return;
  reply.header('ratelimit-limit', verdict.max);
  reply.header('ratelimit-remaining', verdict.remaining);
  reply.header('ratelimit-reset', verdict.ttlInSeconds);
  if (!verdict.isExceeded) return;
  throw new TransportError('RATE_LIMITED', 'Too many requests; try again later.', {
    retryAfterSeconds: verdict.ttlInSeconds,
  });
}

function subjectOf(caller: Caller | null): string {
  if (!caller) return 'nobody';
  return caller.kind === 'person' ? `person ${caller.userId}` : `service ${caller.clientId}`;
}

declare module 'fastify' {
  interface FastifyInstance {
    admit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}
