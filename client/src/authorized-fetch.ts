import { abortable, wait } from './abort.ts';
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
}

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
export function createAuthorizedFetch({ token, fetch, ...policy }: AuthorizedFetchOptions) {
  return async (request: Request): Promise<Response> => {
    const { method, url, signal } = request;
    const first = await abortable(token(), signal);
    if (!first) throw new NoTokenError(request);
    let bearer: string = first;
    let renewed = false;
    let unsure = false;
    for (let tries = 1; ; ) {
      const attempt = request.clone();
      attempt.headers.set('authorization', `Bearer ${bearer}`);
      const response = await fetch(attempt).catch((error: unknown) => {
        throw signal.aborted ? error : new ConnectionError(method, url, error);
      });
      if (unsure) uncertain.add(response);
      if (response.status === 401 && !renewed && !(await wantsSignIn(response))) {
        renewed = true;
        const fresh = await abortable(token(bearer), signal);
        if (!fresh || fresh === bearer) return response;
        bearer = fresh;
      } else {
        const pause = planRetry(response, tries++, policy);
        if (pause === undefined) return response;
        unsure ||= response.status === 503;
        await wait(pause, signal);
      }
      // Lets the connection go: nobody reads this answer.
      await response.body?.cancel();
    }
  };
}
