import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { IdentityFields } from './identity-fields.ts';

/** What an identity provider says of a person, as of a moment in epoch seconds. */
export interface Identity extends IdentityFields {
  readonly asOf: number;
}

/** A person, as their token shows them. */
export interface SignIn {
  readonly userId: string;
  /** `auth_time`: when they really signed in, epoch seconds; a refresh keeps it. */
  readonly signedInAt: number;
  /** Told by an ID token. */
  readonly identity?: Identity | undefined;
  /**
   * Asks Cognito with the person's own token, where its scopes allow that.
   * Undefined when Cognito does not answer in time.
   */
  readonly fetchIdentity?: ((signal: WorkSignal) => Promise<Identity | undefined>) | undefined;
}

/** Whether this sign-in came after an erasure. Within the same second it did not. */
export function isAfterErasure(signedInAt: number, erasedAt: string): boolean {
  return new Date(signedInAt * 1000).toISOString() > erasedAt;
}
