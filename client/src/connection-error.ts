/**
 * Nothing answered: a wrong address, no network, or in a browser a service that doesn't list the
 * page's origin. `cause` is what `fetch` threw.
 */
export class ConnectionError extends Error {
  /** What was asked, without its query. */
  readonly url: string;

  constructor(method: string, url: string, cause: unknown) {
    const asked = withoutQuery(url);
    super(`${method} ${asked} had no answer: ${explain(cause)}`, { cause });
    this.name = 'ConnectionError';
    this.url = asked;
  }
}

/** A query may hold an e-mail address, which has no place in a log. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** Node hides the reason in a cause of its own: `fetch failed`, cause `getaddrinfo ENOTFOUND …`. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, cause } = error as Error & { code?: string };
  return cause instanceof Error ? explain(cause) : message || code || error.name;
}
