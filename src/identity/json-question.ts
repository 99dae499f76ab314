import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, getGlobalDispatcher } from 'undici';
import { exchange } from '../aws/exchange.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';

export interface JsonAnswer {
  readonly isOk: boolean;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * The body's JSON, undefined where there is none.
   * @throws where it is something else: without a word of it, for it may hold personal data, and errors are logged
   */
  read(): unknown;
}

export interface QuestionBounds {
  readonly timeoutMs: number;
  readonly signal?: WorkSignal;
  readonly maxBytes: number;
}

/**
 * Asks an identity provider. A redirect is followed nowhere: it is an answer that is not OK. Not with
 * `fetch`: its streams were a quarter of a first sign-in's CPU, and loading it 20 ms of a start.
 */
export async function askForJson(
  url: string,
  {
    method = 'GET',
    headers,
    body,
  }: { method?: Dispatcher.HttpMethod; headers?: object; body?: string },
  { timeoutMs, signal, maxBytes }: QuestionBounds,
): Promise<JsonAnswer> {
  const { origin, host, pathname, search } = new URL(url);
  const request = {
    origin,
    path: `${pathname}${search}`,
    method,
    // A firewall before a pool may refuse who doesn't say what it is.
    headers: { accept: '*/*', 'user-agent': 'user-profile-service', ...headers },
    body: body ?? null,
  };
  const bounds = { host, timeoutMs, maxBytes, call: signal };
  const answer = await exchange(getGlobalDispatcher(), request, bounds).catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : error;
  });
  const { statusCode: status } = answer;
  return {
    isOk: status >= 200 && status < 300,
    status,
    headers: answer.headers,
    read: () => readJson(answer.body),
  };
}

function readJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Error('The answer is not JSON');
  }
}
