import { withoutQuery } from './connection-error.ts';

/** Whose requests these are; not known before the first token, nor where tokens can't be read. */
export interface Caller {
  userId?: string | undefined;
}

/**
 * The `token` option returned the token of somebody else than who began the call, or than who its
 * `caller` option names: another person has signed in meanwhile. The request was not sent.
 */
export class CallerChangedError extends Error {
  constructor({ method, url }: Request) {
    super(`The token is another person's, so ${method} ${withoutQuery(url)} was not sent`);
    this.name = 'CallerChangedError';
  }
}

/** @throws {CallerChangedError} */
export function recogniseCaller(caller: Caller, token: string, request: Request): void {
  const userId = subjectOf(token);
  caller.userId ??= userId;
  if (userId !== undefined && userId !== caller.userId) throw new CallerChangedError(request);
}

/** Whose token it is, unverified; undefined where it can't be read. */
export function subjectOf(token: string): string | undefined {
  try {
    const [, payload = ''] = token.split('.');
    return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))).sub;
  } catch {
    return undefined;
  }
}
