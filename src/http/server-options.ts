import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { LogController } from 'fastify';
import { problemMediaType } from './hooks/problems.ts';
import { describeProblem, maxBodyBytes, TransportError } from './problem.ts';
import type { TransportCode } from './problem-types.ts';

/** What the server allows a request to take, in time and size. */
export function serverOptions({ trustProxy }: { trustProxy: readonly string[] }) {
  return {
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: () => randomUUID(),
    // A number or `true` believes whoever connects; the load balancer's own addresses do not.
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    bodyLimit: maxBodyBytes,
    // A slow client may take this long for the whole request.
    requestTimeout: 15_000,
    // What arrives on a kept connection while the server closes is still answered, and closes it.
    return503OnClosing: false,
    // Longer than the load balancer's idle time of 60 s, or it meets connections that just closed.
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 512 },
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
  };
}

const codeOfParserError: Record<string, TransportCode> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Requests that are no HTTP never reach a route; they are answered on the socket, alike. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = codeOfParserError[error.code ?? ''] ?? 'BAD_REQUEST';
  const refusal = new TransportError(code, 'The request could not be read.');
  const problem = describeProblem(refusal, randomUUID());
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      `content-type: ${problemMediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
