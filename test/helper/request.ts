import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/json/json-value.ts';

const maxAttempts = 10;

/** As those of `fetch`, whose classes take 30 ms of CPU to load. */
export interface AnswerHeaders extends Iterable<[name: string, value: string]> {
  get(name: string): string | null;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: JsonObject;
  readonly text: string;
  /** How often it was asked, for those who count what came of it. */
  readonly attempts: number;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/**
 * A real HTTP request, sent again where the service says so (503 with Retry-After), as callers do:
 * on a busy machine it may well be out of time. Tests that look at such answers use `sendOnce`.
 */
export async function send(
  url: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  for (let attempts = 1; ; attempts++) {
    const answer = await sendOnce(url, method, path, options);
    const seconds = answer.headers.get('retry-after');
    if (answer.status !== 503 || seconds === null || attempts === maxAttempts) {
      return { ...answer, attempts };
    }
    await sleep(Number(seconds) * 1000 * (0.5 + Math.random()));
  }
}

/**
 * One real HTTP request; a body that is no string is sent as JSON. By Node's client, since `fetch`
 * takes twice its CPU and follows redirects.
 */
export async function sendOnce(
  url: string,
  method: string,
  path: string,
  { token, body, headers = {}, signal }: RequestOptions = {},
): Promise<Answer> {
  const sent = {
    accept: '*/*',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await ask(`${url}${path}`, method, sent, payload, signal);
  const answered = readHeaders(response);
  const isJson = /json/.test(answered.get('content-type') ?? '');
  const { statusCode: status = 0, text } = response;
  return {
    status,
    headers: answered,
    body: isJson && text !== '' ? JSON.parse(text) : {},
    text,
    attempts: 1,
  };
}

interface Response extends Pick<IncomingMessage, 'statusCode' | 'rawHeaders'> {
  readonly text: string;
}

/** Servers of Node close idle connections after 5 s, and one that is used just then breaks. */
const agent = new Agent({ keepAlive: true, timeout: 3_000 });

function ask(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const length = body !== undefined && { 'content-length': Buffer.byteLength(body) };
    const options = {
      method,
      agent,
      headers: { ...headers, ...length },
      ...(signal && { signal }),
    };
    const fail = (error: Error) => reject(signal?.aborted ? signal.reason : error);
    request(url, options, (response) => {
      const { statusCode, rawHeaders } = response;
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk;
        })
        .once('end', () => resolve({ statusCode, rawHeaders, text }))
        .once('error', fail);
    })
      .once('error', fail)
      .end(body);
  });
}

function readHeaders({ rawHeaders }: Response): AnswerHeaders {
  const headers = new Map<string, string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    const earlier = headers.get(name);
    const value = rawHeaders[at + 1] ?? '';
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const sorted = new Map([...headers].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    get: (name) => sorted.get(name.toLowerCase()) ?? null,
    has: (name) => sorted.has(name.toLowerCase()),
    keys: () => sorted.keys(),
    [Symbol.iterator]: () => sorted[Symbol.iterator](),
  };
}
