import { type Dispatcher, getGlobalDispatcher } from 'undici';

export type Answer = Dispatcher.ResponseData;

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends it, the reading of the answer included. */
  readonly signal: AbortSignal;
}

/**
 * One request to Cognito, whose answer is read by `readBoundedJson` or left. A redirect is an
 * answer like any other and isn't followed. A web `fetch` would take 20 ms more to load at start.
 */
export function ask(address: string, { method = 'GET', headers, body, signal }: Question) {
  const { origin, pathname, search } = new URL(address);
  return getGlobalDispatcher().request({
    origin,
    path: `${pathname}${search}`,
    method,
    // A firewall before a pool may refuse who doesn't say what it is.
    headers: { accept: '*/*', 'user-agent': 'user-profile-service', ...headers },
    body: body ?? null,
    signal,
  });
}

/** Reads no more of it: its connection ends, which the body would tell as an error. */
export function leave({ body }: Answer): void {
  body.on('error', () => {}).destroy();
}

export function isSuccess({ statusCode }: Answer): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** The first of a header, by its name in lower case. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
