import { verifyEmail } from './cognito-api.ts';
import { findFault } from './find-fault.ts';
import { renderHostedPage } from './hosted-page.ts';
import type { LocalPool } from './local-pool.ts';
import { passwordHint } from './password-policy.ts';
import type { Form, SignInRequest } from './sign-in-request.ts';

export function renderSignUpPage(asked: SignInRequest, fault = ''): string {
  return renderHostedPage({
    title: 'Create an account',
    lead: `Password: ${passwordHint.toLowerCase()}`,
    fault,
    action: '/signup',
    asked,
    fields: [
      { name: 'given_name', label: 'Given name', type: 'text', autocomplete: 'given-name' },
      { name: 'family_name', label: 'Family name', type: 'text', autocomplete: 'family-name' },
      { name: 'username', label: 'E-mail', type: 'email', autocomplete: 'username' },
      { name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password' },
    ],
    submit: 'Create account',
  });
}

export function renderConfirmPage(asked: SignInRequest, username: string, fault = ''): string {
  return renderHostedPage({
    title: 'Confirm your e-mail',
    lead: `Cognito would e-mail a code to ${username}. The local pool prints it in the terminal it runs in.`,
    fault,
    action: '/confirm',
    asked,
    hidden: { username },
    fields: [{ name: 'code', label: 'Code', type: 'text', autocomplete: 'one-time-code' }],
    submit: 'Confirm',
  });
}

/** Makes the account and sends the code; what is wrong, where something is. */
export async function signUp(pool: LocalPool, asked: SignInRequest, form: Form) {
  const { username = '', password = '', given_name = '', family_name = '' } = form;
  const attributes = { email: username, given_name, family_name };
  return findFault(() =>
    pool.call('SignUp', {
      ClientId: asked.clientId,
      Username: username,
      Password: password,
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
}

export async function confirm(pool: LocalPool, asked: SignInRequest, form: Form) {
  const { username = '', code = '' } = form;
  return findFault(async () => {
    const body = { ClientId: asked.clientId, Username: username, ConfirmationCode: code.trim() };
    await pool.call('ConfirmSignUp', body);
    await verifyEmail(pool, username);
  });
}
