import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { problemMediaType } from './hooks/problems.ts';
import { readDataHeaders } from './hooks/security-headers.ts';
import { toProblem } from './problem.ts';

const codeOfParserError: Record<string, RefusalCode> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Requests that are no HTTP never reach a route; they are answered on the socket, alike. */
export function createClientErrorHandler(log: FastifyBaseLogger, metrics: Metrics) {
  const securityHeaders = Object.entries(readDataHeaders());

  function refuse(socket: Duplex, code: RefusalCode, method: string): void {
    const requestId = randomUUID();
    const refusal = new Refusal(code, 'The request could not be read.');
    const problem = toProblem(refusal, requestId);
    const { status } = problem;
    const body = JSON.stringify(problem);
    const headers = [
      ['x-request-id', requestId],
      ...securityHeaders,
      ['content-type', problemMediaType],
      ['cache-control', 'no-store'],
      ['content-length', Buffer.byteLength(body)],
      ['connection', 'close'],
    ].map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${status} ${problem.title}`, ...headers, '', body].join('\r\n'));
    metrics.requestEnded(method, 'unmatched', status, 0);
    metrics.problemSent(code);
    log.info({ requestId, method, route: 'unmatched', status, code }, 'request');
  }

  return {
    handle(error: Error & { code?: string }, socket: Duplex): void {
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuse(socket, codeOfParserError[error.code ?? ''] ?? 'BAD_REQUEST', 'unread');
    },
    /** What Node answers by itself: without a word, with a bare 417, or before anybody looked. */
    watch(server: Server): void {
      server.on('connect', (_request, socket) => refuse(socket, 'ROUTE_NOT_FOUND', 'CONNECT'));
      server.on('checkExpectation', (request, response) => {
        server.emit('request', request, response);
      });
      server.on('checkContinue', (request, response) => {
        // Asked for when it is read, so of those alone whose body is wanted.
        request.once('resume', () => {
          if (!response.headersSent) response.writeContinue();
        });
        server.emit('request', request, response);
      });
    },
  };
}
