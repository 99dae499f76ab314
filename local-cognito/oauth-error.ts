/** A refusal of the OAuth endpoints; the message is the error code of RFC 6749 or RFC 6750. */
export class OAuthError extends Error {
  statusCode: number;
  constructor(code: string, statusCode = 400) {
    super(code);
    this.statusCode = statusCode;
  }
}
