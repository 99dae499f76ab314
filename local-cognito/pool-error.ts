/** An error as the Cognito API reports it; the SDK makes an exception of that name. */
export class PoolError extends Error {
  code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
