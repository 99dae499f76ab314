import { escapeHtml, renderHostedPage } from './hosted-page.ts';
import type { LocalPool } from './local-pool.ts';
import { findSample, sampleNames } from './sample-people.ts';
import { type Form, type SignInRequest, toQuery } from './sign-in-request.ts';

/** The username that the form proves; a click is enough for Google and Apple. */
export async function signIn(pool: LocalPool, form: Form): Promise<string | undefined> {
  const person = findSample(form.sample ?? '');
  if (person && person.provider !== 'cognito') return (await pool.findUser(person.sub))?.Username;
  const user = await pool.users.getUserByUsername(pool.context, form.username ?? '');
  const known = user?.UserStatus === 'CONFIRMED' && user.Password === form.password;
  return known ? user.Username : undefined;
}

export function renderSignInPage(
  asked: SignInRequest,
  { fault = '', lead = '' }: { fault?: string; lead?: string } = {},
): string {
  const federated = sampleNames.flatMap((name) => {
    const person = findSample(name);
    if (!person || person.provider === 'cognito') return [];
    const provider = person.provider === 'google' ? 'Google' : 'Apple';
    const label = `${person.name} through ${provider}`;
    return [`<button name="sample" value="${name}" formnovalidate>${label}</button>`];
  });
  return renderHostedPage({
    title: 'Sign in',
    lead,
    fault,
    action: '/oauth2/authorize',
    asked,
    fields: [
      { name: 'username', label: 'E-mail', type: 'email', autocomplete: 'username' },
      { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
    ],
    submit: 'Sign in',
    after: `<p><a href="/forgotPassword?${escapeHtml(toQuery(asked))}">Forgot your password?</a></p>
<p class="or">or</p>
${federated.join('\n')}
<p><a href="/signup?${escapeHtml(toQuery(asked))}">Create an account</a></p>`,
  });
}
