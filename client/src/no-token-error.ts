import { withoutQuery } from './connection-error.ts';

/** The `token` option returned no token: nobody is signed in. The request was not sent. */
export class NoTokenError extends Error {
  constructor({ method, url }: Request) {
    super(
      `No token: the token option returned nothing, so ${method} ${withoutQuery(url)} was not sent`,
    );
    this.name = 'NoTokenError';
  }
}
