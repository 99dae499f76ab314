/** The pool gives no more tokens: the person has to sign in again. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}

/** The person came back from the sign-in without being signed in. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  /** They turned round themselves, at the pool's pages or at Google's or Apple's. */
  readonly cancelled: boolean;

  constructor(cause: Error, cancelled: boolean) {
    super(cause.message, { cause });
    this.cancelled = cancelled;
  }
}

export interface SignInOptions {
  readonly anew?: boolean;
  /** Seconds that an earlier sign-in may be old. */
  readonly maxAge?: number;
}

/** What the auth store needs of whatever signs people in. */
export interface Session {
  /**
   * Whether somebody is signed in; finishes a sign-in that comes back from the hosted pages.
   * Throws SignInRefused.
   */
  restore(): Promise<boolean>;
  /** An access token; a new one instead of the one that was refused. Throws SessionEnded. */
  token(refused?: string): Promise<string>;
  /** With `anew`, also somebody whom the pool still knows has to prove who they are. */
  signIn(how?: SignInOptions): Promise<void>;
  /** Leaves the page for the pool's sign-out; throws, and stays, where the pool can't be reached. */
  signOut(): Promise<void>;
  /** Drops the tokens of this browser and stays on the page. */
  forget(): Promise<void>;
}
