import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import { startHttpServer } from '../helper/http-server.ts';

/** What stands between the client and the service: it may answer itself, or lose an answer. */
export interface Front {
  readonly url: string;
  /** `METHOD path` of every request so far, and the token it brought. */
  readonly requests: { line: string; token: string; at: number }[];
  /** Answers instead of the service when it says true. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Is told of a request that the service has carried out; answers instead when it says true. */
  replace: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

export async function startFront(t: Test, target: string): Promise<Front> {
  const url = await startHttpServer(t, async (request, response) => {
    const line = `${request.method} ${request.url}`;
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    front.requests.push({ line, token, at: Date.now() });
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    if (front.answer?.(request, response)) return;
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body: Buffer.concat(body) }),
    }).catch(() => undefined);
    // The service ended before it answered a request that the client had given up.
    if (!answer) return void response.destroy();
    const text = await answer.text();
    if (front.replace?.(request, response)) return;
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  });
  const front: Front = { url, requests: [], answer: undefined, replace: undefined };
  return front;
}

/** Answers the next `times` requests with this status. */
export function refuse(times: number, status: number, headers: Record<string, string> = {}) {
  let left = times;
  return (_request: IncomingMessage, response: ServerResponse): boolean => {
    if (left-- <= 0) return false;
    response.writeHead(status, headers).end('upstream is away');
    return true;
  };
}
