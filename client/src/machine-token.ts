import type { TokenProvider } from './authorized-fetch.ts';

export interface MachineTokenOptions {
  /** `https://<domain>.auth.<region>.amazoncognito.com/oauth2/token` */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For instance `profiles/read profiles/write`; all the client may have when absent. */
  readonly scope?: string;
  /** Seconds before its expiry at which a token is renewed; 60 unless told. */
  readonly renewBefore?: number;
  readonly fetch?: typeof globalThis.fetch;
}

/** The token endpoint refused; `code` is that of RFC 6749, section 5.2. */
export class TokenRequestError extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super(`The token endpoint answered ${status}${code ? ` ${code}` : ''}`);
    this.name = 'TokenRequestError';
    this.status = status;
    this.code = code;
  }
}

/**
 * Tokens of the client credentials grant, for servers: a secret has no place in a browser.
 * One token is shared until shortly before it expires, and asked for once however many wait.
 */
export function createMachineToken(options: MachineTokenOptions): TokenProvider {
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

async function requestToken(options: MachineTokenOptions) {
  const { tokenEndpoint, clientId, clientSecret, scope, fetch = globalThis.fetch } = options;
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(credentials)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope && { scope }),
    }).toString(),
  });
  const answer = (await response.json().catch(() => ({}))) as {
    access_token?: string;
    expires_in?: number;
    error?: string;
  };
  if (!response.ok || !answer.access_token)
    throw new TokenRequestError(response.status, answer.error);
  return { token: answer.access_token, expiresIn: answer.expires_in ?? 3600 };
}
