import type { Page } from 'playwright-core';
import t from 'tap';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { noBrowser, startBrowser } from './browser.ts';
import { findNothing, takePictures } from './look.ts';
import { startAccountPage } from './start-account-page.ts';

const password = 'Correct-horse-2';
const email = 'ada.byron@example.com';

type Pool = Awaited<ReturnType<typeof startAccountPage>>['pool'];

/** From the signed-out page through the pool's pages, as somebody new. */
async function signUp(page: Page, pool: Pool, givenName: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Given name').fill(givenName);
  await page.getByLabel('Family name').fill('Byron');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByLabel('Code').fill(pool.codes.get(email) ?? 'no code was sent');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
}

/** The page sends a token of a sign-in this long ago, as after hours of refreshed tokens. */
async function ageSignIn(page: Page, token: string): Promise<void> {
  await page.evaluate(`{
    const key = Object.keys(localStorage).find((name) => name.startsWith('oidc.user:'));
    const user = JSON.parse(localStorage.getItem(key));
    user.access_token = ${JSON.stringify(token)};
    localStorage.setItem(key, JSON.stringify(user));
  }`);
}

t.test(
  'a person closes their account after another sign-in, and signs up again with the same address',
  { skip: noBrowser },
  async (t) => {
    const { url, pool, service } = await startAccountPage(t, {
      env: { ACCOUNT_CLOSURE: 'admin', COGNITO_USER_POOL_ID: 'us-east-1_TestPool1' },
    });
    const { page } = await startBrowser(t);
    const idOf = async () => {
      const token = await page.evaluate<string>(
        `JSON.parse(localStorage.getItem(Object.keys(localStorage).find((name) => name.startsWith('oidc.user:')))).access_token`,
      );
      return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    };
    await page.goto(url);
    await signUp(page, pool, 'Ada');
    const first = await idOf();
    await page.getByLabel('Display name').fill('Countess');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    await takePictures(page, 'close-offered');

    const old = mintAccessToken(pool.key, {
      issuer: pool.issuer,
      clientId: first.client_id,
      person: { sub: first.sub, provider: 'cognito' },
      authTime: Math.floor(Date.now() / 1000) - 3_600,
      scope: first.scope,
    });
    await ageSignIn(page, old);
    await page.getByRole('button', { name: 'Close my account' }).click();
    await page.getByLabel('Type “close” to confirm').fill('no');
    await page.getByRole('button', { name: 'Close for good' }).click();
    await page.getByText('Type the word close to go on.').waitFor();
    await findNothing(t, page, 'the question');
    await takePictures(page, 'close-question');
    await page.getByLabel('Type “close” to confirm').fill('close');
    await page.getByRole('button', { name: 'Close for good' }).click();
    await page.getByText('Please sign in once more').waitFor();
    await findNothing(t, page, 'the wish for a sign-in');
    await takePictures(page, 'close-sign-in');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    t.match(Object.fromEntries(new URL(page.url()).searchParams), {
      prompt: 'login',
      max_age: '600',
    });
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();

    await page.getByRole('heading', { name: 'Close your account?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Close my account');
    await page.keyboard.press('Enter');
    await page.getByLabel('Type “close” to confirm').fill('close');
    t.equal(
      await page.getByLabel('Display name').inputValue(),
      'Countess',
      'nothing is gone until it is confirmed',
    );
    await page.getByRole('button', { name: 'Close for good' }).click();
    await page.getByText('Your account is closed.').waitFor();
    await findNothing(t, page, 'the page after it');
    await takePictures(page, 'closed');
    t.equal(await page.evaluate('sessionStorage.length'), 0, 'nothing is kept');
    t.equal(await page.evaluate('localStorage.length'), 0);
    const gone = await fetch(`${service.url}/v1/profiles/me`, {
      headers: { authorization: `Bearer ${old}` },
    });
    t.equal(gone.status, 410);

    await signUp(page, pool, 'Augusta');
    t.not((await idOf()).sub, first.sub);
    t.equal(await page.getByLabel('Given name').inputValue(), 'Augusta');
    t.equal(await page.getByLabel('Display name').inputValue(), '', 'the profile is a fresh one');
  },
);
