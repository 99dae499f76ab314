import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import t from 'tap';
import { webClientId as ClientId } from '../../local-cognito/app-clients.ts';
import { usernameOf } from '../../local-cognito/person.ts';
import { findSample, samplePassword } from '../../local-cognito/sample-people.ts';
import { startPool, poolId as UserPoolId } from './start-pool.ts';

const Username = 'ada@example.com';
const signIn = (Password: string) =>
  new InitiateAuthCommand({
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: Username, PASSWORD: Password },
  });

const weak: [string, RegExp][] = [
  ['Abc-12', /not long enough/],
  ['Abcdéf-', /not long enough/],
  ['ABCDEF-1', /lowercase/],
  ['abcdef-1', /uppercase/],
  ['Abcdefg-', /numeric/],
  ['Abcdefg1', /symbol/],
  [' Abcdef1 ', /symbol/],
];

t.test('a new password follows the default rule of Cognito, wherever it is set', async (t) => {
  const { client } = await startPool(t);
  const { AuthenticationResult } = await client.send(signIn(samplePassword));
  const AccessToken = AuthenticationResult?.AccessToken;
  for (const [Password, message] of weak) {
    const signUp = new SignUpCommand({ ClientId, Username: 'new@example.com', Password });
    await t.rejects(client.send(signUp), { name: 'InvalidPasswordException', message }, Password);
  }
  const change = (ProposedPassword: string) =>
    new ChangePasswordCommand({
      AccessToken,
      PreviousPassword: samplePassword,
      ProposedPassword,
    });
  const user = { UserPoolId, Username };
  for (const refused of [
    client.send(change('too-weak')),
    client.send(new AdminSetUserPasswordCommand({ ...user, Password: 'too-weak' })),
    client.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username: 'new@example.com',
        TemporaryPassword: 'too-weak',
      }),
    ),
  ]) {
    await t.rejects(refused, { name: 'InvalidPasswordException' });
  }
  await t.resolves(client.send(signIn(samplePassword)), 'nothing was changed');
  for (const strong of ['Abcdefg-1', 'Abcdef 1', 'Ab1=Ab1=']) {
    const set = { ...user, Password: strong, Permanent: true };
    await client.send(new AdminSetUserPasswordCommand(set));
    await t.resolves(client.send(signIn(strong)), strong);
  }
});

t.test('a forgotten password is replaced by the code that was sent', async (t) => {
  const { client, codes } = await startPool(t);
  const { CodeDeliveryDetails } = await client.send(
    new ForgotPasswordCommand({ ClientId, Username }),
  );
  t.same(CodeDeliveryDetails, {
    AttributeName: 'email',
    DeliveryMedium: 'EMAIL',
    Destination: 'a***@e***',
  });
  const code = codes.get(Username) ?? '';
  t.match(code, /^\d{6}$/);
  const Password = 'Battery-staple-9';
  const confirm = (ConfirmationCode: string, password = Password) =>
    client.send(
      new ConfirmForgotPasswordCommand({
        ClientId,
        Username,
        ConfirmationCode,
        Password: password,
      }),
    );
  await t.rejects(confirm('000000x'), { name: 'CodeMismatchException' });
  await t.rejects(confirm(code, 'weak'), { name: 'InvalidPasswordException' });
  await confirm(code);
  await t.rejects(client.send(signIn(samplePassword)), { name: 'NotAuthorizedException' });
  await t.resolves(client.send(signIn(Password)));
  await t.rejects(confirm(code), { name: 'CodeMismatchException' }, 'a code works once');
  await t.rejects(confirm(''), { name: 'CodeMismatchException' }, 'no code is no code');
});

t.test('who has no password to reset looks like nobody, or is told', async (t) => {
  const { client, codes } = await startPool(t);
  const forgot = (name: string) =>
    client.send(new ForgotPasswordCommand({ ClientId, Username: name }));
  t.match(await forgot('nobody@example.com'), {
    CodeDeliveryDetails: { Destination: 'n***@e***' },
  });
  const unconfirmed = 'new@example.com';
  await client.send(new SignUpCommand({ ClientId, Username: unconfirmed, Password: 'Abcdef-1' }));
  const signUpCode = codes.get(unconfirmed) ?? '';
  t.match(await forgot(unconfirmed), { CodeDeliveryDetails: { Destination: 'n***@e***' } });
  const reset = { ClientId, Username: unconfirmed, Password: 'Abcdef-2' };
  await t.rejects(
    client.send(new ConfirmForgotPasswordCommand({ ...reset, ConfirmationCode: signUpCode })),
    { name: 'CodeMismatchException' },
    'the code of the sign-up is for the sign-up',
  );
  const confirmation = { ClientId, Username: unconfirmed, ConfirmationCode: signUpCode };
  await t.resolves(client.send(new ConfirmSignUpCommand(confirmation)));
  const grace = findSample('grace');
  if (!grace) throw new Error('grace is a sample person');
  await t.rejects(forgot(usernameOf(grace)), { name: 'NotAuthorizedException' });
});

t.test('the hosted pages lead from a forgotten password to a sign-in', async (t) => {
  const { url, codes } = await startPool(t);
  const asked = {
    client_id: ClientId,
    response_type: 'code',
    redirect_uri: 'http://localhost:5173/',
    state: 'from-here',
  };
  const post = async (path: string, form: Record<string, string>) => {
    const body = new URLSearchParams({ ...asked, ...form });
    const response = await fetch(`${url}${path}`, { method: 'POST', body, redirect: 'manual' });
    return { location: response.headers.get('location') ?? '', text: await response.text() };
  };
  const page = await (await fetch(`${url}/oauth2/authorize?${new URLSearchParams(asked)}`)).text();
  const [, link = ''] = /<a href="(\/forgotPassword[^"]+)">Forgot your password\?/.exec(page) ?? [];
  const forgot = await (await fetch(`${url}${link.replaceAll('&#38;', '&')}`)).text();
  t.match(forgot, 'Reset my password');
  t.match(forgot, 'value="from-here"');

  const username = Username;
  t.match((await post('/forgotPassword', { username })).text, /name="code"[\s\S]+name="password"/);
  t.match((await post('/forgotPassword', { username: 'nobody@example.com' })).text, 'name="code"');
  const reset = { username, code: ` ${codes.get(username)} `, password: 'Battery-staple-9' };
  const confirm = '/confirmForgotPassword';
  t.match((await post(confirm, { ...reset, code: 'wrong' })).text, 'role="alert"');
  t.match((await post(confirm, { ...reset, password: 'weak' })).text, /alert.+not long enough/);
  const done = await post(confirm, reset);
  t.match(done.text, /<h1>Sign in<[\s\S]+Your password is changed/);
  const { location } = await post('/oauth2/authorize', reset);
  t.match(location, /code=.+&state=from-here$/);
});
