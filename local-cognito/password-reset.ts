import type { User } from 'cognito-local/lib/services/userPoolService.js';
import type { LocalPool } from './local-pool.ts';
import { PoolError } from './pool-error.ts';
import { attributesOf } from './pool-tokens.ts';

type Body = Record<string, unknown>;

/**
 * ForgotPassword, as a client with PreventUserExistenceErrors has it: a person who can't be sent a code
 * looks like everybody else.
 */
export async function forgotPassword(pool: LocalPool, body: Body): Promise<object> {
  const name = String(body.Username ?? '');
  const user = await pool.users.getUserByUsername(pool.context, name);
  if (user && hasVerifiedEmail(user)) {
    if (user.UserStatus !== 'CONFIRMED') {
      throw new PoolError(
        'NotAuthorizedException',
        'User password cannot be reset in the current state.',
      );
    }
    await pool.call('ForgotPassword', body);
  }
  const Destination = mask((user && attributesOf(user).email) || name);
  return { CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination } };
}

/** ConfirmForgotPassword; a person without a reset under way gets what a wrong code gets. */
export async function confirmForgotPassword(pool: LocalPool, body: Body): Promise<object> {
  const user = await pool.users.getUserByUsername(pool.context, String(body.Username ?? ''));
  // cognito-local takes no code for the right one where none was sent.
  if (!user?.ConfirmationCode || user.UserStatus !== 'CONFIRMED') {
    throw new PoolError(
      'CodeMismatchException',
      'Invalid verification code provided, please try again.',
    );
  }
  return pool.call('ConfirmForgotPassword', body);
}

function hasVerifiedEmail(user: User): boolean {
  const { email, email_verified } = attributesOf(user);
  return user.Enabled && email !== undefined && email_verified === 'true';
}

/** `m***@e***`, as Cognito tells where a code went. */
function mask(address: string): string {
  return address
    .split('@')
    .map((part) => `${part.slice(0, 1)}***`)
    .join('@');
}
