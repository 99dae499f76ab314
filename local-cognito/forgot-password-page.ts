import type { FastifyInstance } from 'fastify';
import { findFault } from './find-fault.ts';
import { renderHostedPage } from './hosted-page.ts';
import type { LocalPool } from './local-pool.ts';
import { passwordHint } from './password-policy.ts';
import { confirmForgotPassword, forgotPassword } from './password-reset.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { type Form, readSignInRequest, type SignInRequest } from './sign-in-request.ts';

/** "Forgot your password?" of the hosted pages, at Cognito's own paths. */
export function registerForgotPassword(app: FastifyInstance, pool: LocalPool): void {
  app.get('/forgotPassword', async (request, reply) => {
    const page = renderForgotPage(readSignInRequest(request.query as Form));
    return reply.type('text/html').send(page);
  });

  app.post('/forgotPassword', async (request, reply) => {
    const form = request.body as Form;
    const { username: Username = '' } = form;
    const asked = readSignInRequest(form);
    const fault = await findFault(() =>
      forgotPassword(pool, { ClientId: asked.clientId, Username }),
    );
    const page = fault ? renderForgotPage(asked, fault) : renderResetPage(asked, Username);
    return reply.type('text/html').send(page);
  });

  app.post('/confirmForgotPassword', async (request, reply) => {
    const form = request.body as Form;
    const { username: Username = '', code = '', password: Password = '' } = form;
    const asked = readSignInRequest(form);
    const body = { ClientId: asked.clientId, Username, ConfirmationCode: code.trim(), Password };
    const fault = await findFault(() => confirmForgotPassword(pool, body));
    const page = fault
      ? renderResetPage(asked, Username, fault)
      : renderSignInPage(asked, { lead: 'Your password is changed: sign in with the new one.' });
    return reply.type('text/html').send(page);
  });
}

function renderForgotPage(asked: SignInRequest, fault = ''): string {
  return renderHostedPage({
    title: 'Forgot your password?',
    lead: 'Cognito e-mails a code to reset it.',
    fault,
    action: '/forgotPassword',
    asked,
    fields: [{ name: 'username', label: 'E-mail', type: 'email', autocomplete: 'username' }],
    submit: 'Reset my password',
  });
}

function renderResetPage(asked: SignInRequest, username: string, fault = ''): string {
  return renderHostedPage({
    title: 'Choose a new password',
    lead: `Cognito would e-mail a code to ${username}, if it knows the address. The local pool prints it in the terminal it runs in. ${passwordHint}`,
    fault,
    action: '/confirmForgotPassword',
    asked,
    hidden: { username },
    fields: [
      { name: 'code', label: 'Code', type: 'text', autocomplete: 'one-time-code' },
      { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' },
    ],
    submit: 'Change password',
  });
}
