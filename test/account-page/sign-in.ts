import type { Page } from 'playwright-core';
import { samplePassword } from '../../local-cognito/sample-people.ts';

/** From the signed-out page through the pool's own pages, as Ada, one of the sample people. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill(samplePassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
}

/** As long after its sign-in as it takes for the tokens to expire and the pool to refuse new ones. */
export async function endSession(page: Page): Promise<void> {
  await page.evaluate(`{
    const key = Object.keys(localStorage).find((name) => name.startsWith('oidc.user:'));
    const user = JSON.parse(localStorage.getItem(key));
    user.expires_at = 1;
    user.refresh_token = 'revoked';
    localStorage.setItem(key, JSON.stringify(user));
  }`);
}
