import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/json/json-value.ts';

const maxAttempts = 10;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
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

/** One real HTTP request; a body that is no string is sent as JSON. */
export async function sendOnce(
  url: string,
  method: string,
  path: string,
  { token, body, headers = {}, signal }: RequestOptions = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : {},
    text,
    attempts: 1,
  };
}
