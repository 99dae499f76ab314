import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Refusal, type RefusalCode, type TokenFault } from '../../refusal.ts';
import { formatEntityTag } from '../entity-tag.ts';
import { toProblem, toRefusal } from '../problem.ts';

export const problemMediaType = 'application/problem+json';

/** Every error of every layer leaves as a problem document; what is unknown leaves as a bare 500. */
export const problems = plugin(
  async (app) => {
    app.setErrorHandler(sendProblem);
    app.setNotFoundHandler((request, reply) => {
      sendProblem(
        new Refusal('ROUTE_NOT_FOUND', 'There is nothing at this address.'),
        request,
        reply,
      );
    });
  },
  { name: 'problems' },
);

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = isAbandoned(request) ? abandoned() : toRefusal(error);
  const { code, details } = refusal;
  const problem = toProblem(refusal, request.id);
  // Shedding must stay cheap: it is counted, and logged in sums.
  if (problem.status >= 500 && code !== 'OVERLOADED') {
    request.log.error({ err: refusal.cause ?? refusal, code }, 'request failed');
  }
  request.problemCode = code;
  if (details.token) request.tokenRefusal = details.token.reason;
  else if (code === 'TOKEN_MISSING') request.tokenRefusal = 'missing';
  const challenge = formatChallenge(refusal);
  if (challenge) reply.header('www-authenticate', challenge);
  if (details.retryAfterSeconds !== undefined)
    reply.header('retry-after', details.retryAfterSeconds);
  if (details.version) reply.header('etag', formatEntityTag(details.version));
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

function abandoned(): Refusal {
  return new Refusal('CLIENT_CLOSED', 'The body broke off.');
}

/** Sources: RFC 6750, section 3; RFC 9470, section 3. No error code when no token came. */
function formatChallenge({ code, details }: Refusal): string | undefined {
  const realm = 'Bearer realm="user-profile-service"';
  if (code === 'TOKEN_MISSING') return realm;
  if (code === 'TOKEN_INVALID') return `${realm}, error="invalid_token"`;
  if (code === 'REAUTHENTICATION_REQUIRED') {
    return `${realm}, error="insufficient_user_authentication", max_age=${details.maxAgeSeconds}`;
  }
  if (code === 'INSUFFICIENT_SCOPE') {
    return `${realm}, error="insufficient_scope", scope="${details.scope}"`;
  }
  if (code === 'FORBIDDEN') return `${realm}, error="insufficient_scope"`;
  return undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem this request was answered with, for the log and the metrics. */
    problemCode?: RefusalCode;
    /** Why the token was refused, likewise; the caller is not told. */
    tokenRefusal?: TokenFault['reason'] | 'missing';
  }
}
