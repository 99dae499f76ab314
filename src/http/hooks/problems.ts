import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { DomainError } from '../../errors.ts';
import { type RejectionReason, TokenRejection } from '../../identity/token-rejection.ts';
import { formatEntityTag } from '../entity-tag.ts';
import { describeProblem, TransportError, toKnownError } from '../problem.ts';
import type { ProblemCode } from '../problem-types.ts';

export const problemMediaType = 'application/problem+json';

/** Every error of every layer leaves as a problem document; what is unknown leaves as a bare 500. */
export const problems = plugin(async (app) => {
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => {
    sendProblem(
      new TransportError('ROUTE_NOT_FOUND', 'There is nothing at this address.'),
      request,
      reply,
    );
  });
});

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = isAbandoned(request) ? abandoned() : toKnownError(error);
  const problem = describeProblem(known, request.id);
  // Shedding must stay cheap: it is counted, and logged in sums.
  if (problem.status >= 500 && known.code !== 'OVERLOADED') {
    request.log.error({ err: known.cause ?? known, code: known.code }, 'request failed');
  }
  request.problemCode = known.code;
  if (known instanceof TokenRejection) request.tokenRefusal = known.reason;
  else if (known.code === 'TOKEN_MISSING') request.tokenRefusal = 'missing';
  const challenge = formatChallenge(known);
  if (challenge) reply.header('www-authenticate', challenge);
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', known.retryAfterSeconds);
  if (known instanceof DomainError && known.version)
    reply.header('etag', formatEntityTag(known.version));
  reply
    .code(problem.status)
    .header('content-type', problemMediaType)
    .header('cache-control', 'no-store')
    .serializer((body) => body as string)
    .send(JSON.stringify(problem));
}

/** Whether the client went away before its body had arrived: nobody's fault here. */
function isAbandoned({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function abandoned(): DomainError {
  return new DomainError('CLIENT_CLOSED', 'The body broke off.');
}

/** Source: RFC 6750, section 3. No error code when no token came. */
function formatChallenge({ code, message }: DomainError | TransportError): string | undefined {
  const realm = 'Bearer realm="user-profile-service"';
  if (code === 'TOKEN_MISSING') return realm;
  if (code === 'TOKEN_INVALID') return `${realm}, error="invalid_token"`;
  if (code === 'INSUFFICIENT_SCOPE') {
    const scope = /profiles\/\w+/.exec(message)?.[0];
    return `${realm}, error="insufficient_scope", scope="${scope}"`;
  }
  if (code === 'FORBIDDEN') return `${realm}, error="insufficient_scope"`;
  return undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem this request was answered with, for the log and the metrics. */
    problemCode?: ProblemCode;
    /** Why the token was refused, likewise; the caller is not told. */
    tokenRefusal?: RejectionReason | 'missing';
  }
}
