import { withoutQuery } from './connection-error.ts';

/** The `token` option returned none: nobody is signed in. The request was not sent. */
export class NoTokenError extends Error {
  constructor({ method, url }: Request) {
    super(
      `No token: the token option returned none, so ${method} ${withoutQuery(url)} was not sent`,
    );
    this.name = 'NoTokenError';
  }
}
