import { abortable, wait } from './abort.ts';
import { type Caller, recogniseCaller } from './caller.ts';
import { ConnectionError } from './connection-error.ts';
import { NoTokenError } from './no-token-error.ts';
import { readProblem } from './problem.ts';
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

/** `caller` is shared by the requests that have to be of one person; default this one alone. */
export type AuthorizedFetch = (request: Request, caller?: Caller) => Promise<Response>;

/** Answers that came after a 503, which may have been sent although the write was carried out. */
const uncertain = new WeakSet<Response>();

/** Whether an earlier try of this very request may have done its work already. */
export const mayHaveHappened = (response: Response): boolean => uncertain.has(response);

/**
 * Whether a token that is good is refused for its sign-in, which is too long ago (RFC 9470): one
 * that is refreshed has the same. Read from the problem, for the challenge doesn't reach browsers.
 */
async function wantsSignIn(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return readProblem(problem).code === 'REAUTHENTICATION_REQUIRED';
}

/** A fetch that brings its token, renews it once after a 401, and waits out 429 and 503. */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): AuthorizedFetch {
  const { token, ...policy } = options;
  return async (request, caller = {}) => {
    const { signal } = request;
    const first = await abortable(token(), signal);
    if (!first) throw new NoTokenError(request);
    recogniseCaller(caller, first, request);
    let bearer: string = first;
    let renewed = false;
    let unsure = false;
    for (let tries = 1; ; ) {
      const attempt = request.clone();
      attempt.headers.set('authorization', `Bearer ${bearer}`);
      const response = await exchange(attempt, signal, options);
      if (unsure) uncertain.add(response);
      if (response.status === 401 && !renewed && !(await wantsSignIn(response))) {
        renewed = true;
        const fresh = await abortable(token(bearer), signal);
        if (!fresh || fresh === bearer) return response;
        recogniseCaller(caller, fresh, request);
        bearer = fresh;
      } else {
        const pause = planRetry(response, tries++, policy);
        if (pause === undefined) return response;
        unsure ||= response.status === 503;
        await wait(pause, signal);
      }
    }
  };
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
  const leave = () => ended.abort(signal.reason);
  const giveUp = () => ended.abort(new DOMException('Timed out', 'TimeoutError'));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  const timer = setTimeout(giveUp, timeout);
  const receive = async () => {
    const response = await fetch(new Request(request, { signal: ended.signal }));
    const body = await response.arrayBuffer();
    // Statuses that have no body refuse an empty one too.
    const answer = new Response(body.byteLength > 0 ? body : null, response);
    return Object.defineProperty(answer, 'url', { value: response.url });
  };
  try {
    return await abortable(receive(), ended.signal);
  } catch (error) {
    throw signal.aborted ? error : new ConnectionError(method, url, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
