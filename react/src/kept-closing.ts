import type { ProfileSchema } from 'user-profile-client';
import { withStorage } from './kept-edit.ts';

/** Who was sent to sign in again so that their account can be closed: in this tab alone. */
const key = 'user-profile.closing';

export function keepClosing(userId: string): void {
  withStorage((storage) => storage.setItem(key, userId));
}

/** Whether this person came back from that sign-in; somebody else is not asked. */
export function isClosingKept(userId: string): boolean {
  return withStorage((storage) => storage.getItem(key)) === userId;
}

export function dropClosing(): void {
  withStorage((storage) => storage.removeItem(key));
}

/** Seconds that a sign-in may be old to close the account; undefined where the service closes none. */
export function findClosureMaxAge(schema: ProfileSchema): number | undefined {
  const offered = (schema as { 'x-account-closure'?: { maxAge?: unknown } })['x-account-closure'];
  return typeof offered?.maxAge === 'number' ? offered.maxAge : undefined;
}
