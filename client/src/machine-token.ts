import { longestWait } from './abort.ts';
import { ConnectionError } from './connection-error.ts';
import { isObject } from './problem.ts';

export interface MachineTokenOptions {
  /** `https://<domain>.auth.<region>.amazoncognito.com/oauth2/token` */
  readonly tokenEndpoint: string;
  /** The id of an app client that has a secret and the client credentials grant. */
  readonly clientId: string;
  /** Its secret: for servers, never in a browser or an app. */
  readonly clientSecret: string;
  /** Scopes to ask for, `profiles/read profiles/write`; default all that the app client may have. */
  readonly scope?: string | undefined;
  /** Seconds before a token expires at which another is asked for; default 60. */
  readonly renewBefore?: number | undefined;
  /** Milliseconds for the answer of the token endpoint; default 10,000. */
  readonly timeout?: number | undefined;
  /** Sends the request for a token; default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The token endpoint refused, or something else is at its address. */
export class TokenRequestError extends Error {
  readonly status: number;
  /** Of RFC 6749, section 5.2: `invalid_client`, `invalid_scope`; undefined where none came. */
  readonly code: string | undefined;

  constructor(tokenEndpoint: string, status: number, code: string | undefined) {
    super(`The token endpoint ${tokenEndpoint} answered ${status} ${code ?? 'without a token'}`);
    this.name = 'TokenRequestError';
    this.status = status;
    this.code = code;
  }
}

/** A `token` option: it gives a token, or a promise of one, at every call. */
export type MachineToken = (refused?: string) => string | Promise<string>;

/**
 * Tokens of the client credentials grant, for servers: a secret has no place in a browser.
 * One token is shared until shortly before it expires, and asked for once however many wait.
 */
export function createMachineToken(options: MachineTokenOptions): MachineToken {
  const { renewBefore = 60 } = options;
  let kept: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  const ask = async () => {
    const { token, expiresIn } = await requestToken(options);
    // Half its life at most, so that a short-lived token is of use too.
    kept = { token, until: Date.now() + Math.max(expiresIn - renewBefore, expiresIn / 2) * 1000 };
    return token;
  };

  return (refused) => {
    if (kept && kept.token !== refused && kept.until > Date.now()) return kept.token;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

interface TokenAnswer {
  readonly access_token?: unknown;
  /** Seconds. */
  readonly expires_in?: number;
  readonly error?: unknown;
}

async function requestToken(options: MachineTokenOptions) {
  const { tokenEndpoint, clientId, clientSecret, scope } = options;
  const { fetch = globalThis.fetch, timeout = 10_000 } = options;
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const signal = AbortSignal.timeout(Math.min(timeout, longestWait));
  const lose = (error: unknown) => {
    throw new ConnectionError('POST', tokenEndpoint, error);
  };
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    signal,
    headers: {
      authorization: `Basic ${btoa(credentials)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope && { scope }),
    }).toString(),
  }).catch(lose);
  // Read before it is parsed: a lost connection is told apart from a page of something else.
  const content = await response.text().catch(lose);
  const answer: unknown = await new Response(content).json().catch(() => undefined);
  const { access_token, expires_in, error }: TokenAnswer = isObject(answer) ? answer : {};
  if (!response.ok || typeof access_token !== 'string' || !access_token) {
    const code = typeof error === 'string' ? error : undefined;
    throw new TokenRequestError(tokenEndpoint, response.status, code);
  }
  return { token: access_token, expiresIn: expires_in ?? 3600 };
}
