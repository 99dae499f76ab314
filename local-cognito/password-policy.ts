import { PoolError } from './pool-error.ts';

type Body = Record<string, unknown>;

/** For the pages, beside the field for a new password. */
export const passwordHint =
  'At least 8 characters, with a lower-case and an upper-case letter, a digit and a symbol.';

const longest = 256;

/** Cognito's default policy, in the order and the words it refuses with. */
const rules: [RegExp, string][] = [
  [/^.{8}/su, 'Password not long enough'],
  [/[a-z]/, 'Password must have lowercase characters'],
  [/[A-Z]/, 'Password must have uppercase characters'],
  [/[0-9]/, 'Password must have numeric characters'],
  // A space counts where it is neither the first nor the last character.
  [/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S \S/, 'Password must have symbol characters'],
];

/**
 * Refuses an action that would set a password the policy doesn't allow. What was set before stays.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
 */
export function checkNewPassword(action: string, body: Body): void {
  const password = findNewPassword(action, body);
  if (password === undefined) return;
  if (typeof password !== 'string' || password.length > longest) {
    throw new PoolError(
      'InvalidParameterException',
      `The password must be text of at most ${longest} characters`,
    );
  }
  const broken = rules.find(([rule]) => !rule.test(password));
  if (!broken) return;
  throw new PoolError(
    'InvalidPasswordException',
    `Password did not conform with policy: ${broken[1]}`,
  );
}

function findNewPassword(action: string, body: Body): unknown {
  switch (action) {
    case 'SignUp':
    case 'ConfirmForgotPassword':
    case 'AdminSetUserPassword':
      return body.Password ?? '';
    case 'ChangePassword':
      return body.ProposedPassword ?? '';
    case 'AdminCreateUser':
      // Cognito makes one up where none is given.
      return body.TemporaryPassword;
    case 'RespondToAuthChallenge':
      return (body.ChallengeResponses as Body | undefined)?.NEW_PASSWORD;
    default:
      return undefined;
  }
}
