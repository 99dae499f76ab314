import { abortable, createError, wait } from './abort.ts';
import { type Caller, recogniseCaller } from './caller.ts';
import { ConnectionError } from './connection-error.ts';
import { NoTokenError } from './no-token-error.ts';
import { isObject, ProfileServiceError, readProblem } from './problem.ts';
import { planRetry, type RetryPolicy } from './retry.ts';

type Token = string | null | undefined;

/**
 * Returns the token to send; none where nobody is signed in, and the call rejects with
 * `NoTokenError`. Called before every request, so keep the token and renew it here when it is about
 * to expire. Called again, with the token that was refused, after a 401.
 */
export type TokenProvider = (refused?: string) => Token | Promise<Token>;

export interface AuthorizedFetchOptions extends RetryPolicy {
  readonly token: TokenProvider;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Milliseconds for each try, its answer included. */
  readonly timeout: number;
}

/**
 * Answers with what the service says to a request that it carries out; throws what it refuses with,
 * or UNEXPECTED_ANSWER. `caller` is shared by the requests that have to be of one person; default
 * this one alone.
 */
export type AuthorizedFetch = (request: Request, caller?: Caller) => Promise<Response>;

/** A fetch that brings its token, renews it once after a 401, and waits out 429 and 503. */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): AuthorizedFetch {
  const { token, ...policy } = options;
  return async (request, caller = {}) => {
    const { signal, url } = request;
    let bearer: Token = await abortable(token(), signal);
    if (!bearer) throw new NoTokenError(request);
    recogniseCaller(caller, bearer, request);
    let renewed = false;
    let unsure = false;
    for (let tries = 1; ; ) {
      const attempt = request.clone();
      attempt.headers.set('authorization', `Bearer ${bearer}`);
      const response = await exchange(attempt, signal, options);
      const content: unknown = await response
        .clone()
        .json()
        .catch(() => undefined);
      if (isSuccess(request, response, content)) return response;
      const { status } = response;
      const problem = readProblem(content);
      // A sign-in that is too long ago (RFC 9470) is the same in a token that is renewed.
      if (status === 401 && !renewed && problem.code !== 'REAUTHENTICATION_REQUIRED') {
        renewed = true;
        const fresh: Token = await abortable(token(bearer), signal);
        if (fresh && fresh !== bearer) {
          recogniseCaller(caller, fresh, request);
          bearer = fresh;
          continue;
        }
      }
      const pause = planRetry(response, tries++, policy);
      if (pause === undefined) throw new ProfileServiceError(status, problem, unsure, url);
      // It may have been sent although the write was carried out.
      unsure ||= status === 503;
      await wait(pause, signal);
    }
  };
}

/** A JSON object, nothing to a write, or that what the caller knows still holds. */
function isSuccess(request: Request, { ok, status }: Response, content: unknown): boolean {
  if (status === 304) return request.headers.has('if-none-match');
  return status === 204 ? request.method !== 'GET' : ok && isObject(content);
}

/**
 * One try, with all of its answer: a connection that is lost, and a time limit that is reached,
 * within the body are told like those before it.
 * @param signal the caller's; in Node that of a clone stops following it with a garbage collection
 */
async function exchange(
  request: Request,
  signal: AbortSignal,
  { fetch, timeout }: Pick<AuthorizedFetchOptions, 'fetch' | 'timeout'>,
): Promise<Response> {
  const { method, url } = request;
  const ended = new AbortController();
  const receive = async () => {
    const response = await fetch(new Request(request, { signal: ended.signal }));
    // As text: React Native doesn't decode UTF-8 of bytes.
    const body = await response.text();
    // Statuses that have no body refuse an empty one too.
    return new Response(body || null, response);
  };
  const giveUp = () => {
    throw createError('TimeoutError', 'Timed out');
  };
  try {
    const limit = wait(timeout, ended.signal).then(giveUp);
    return await abortable(Promise.race([receive(), limit]), signal);
  } catch (error) {
    throw signal.aborted ? error : new ConnectionError(method, url, error);
  } finally {
    ended.abort();
  }
}
