import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import { samplePassword } from '../../local-cognito/sample-people.ts';
import { type Browser, startBrowser } from './browser.ts';

/** From the signed-out page through the pool's own pages, as Ada, one of the sample people. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill(samplePassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
}

/** A browser of this test's own, in which Ada is signed in. */
export async function openSignedIn(t: Test, url: string, options?: object): Promise<Browser> {
  const browser = await startBrowser(t, options);
  await browser.page.goto(url);
  await signIn(browser.page);
  return browser;
}

/** As long after its sign-in as it takes for the tokens to expire and the pool to refuse new ones. */
export function endSession(page: Page): Promise<void> {
  return changeTokens(page, { expires_at: 1, refresh_token: 'revoked' });
}

/** As long after its sign-in as it takes for the tokens to be renewed. */
export function expireTokens(page: Page): Promise<void> {
  return changeTokens(page, { expires_at: 1 });
}

function changeTokens(page: Page, change: object): Promise<void> {
  return page.evaluate(`{
    const key = Object.keys(localStorage).find((name) => name.startsWith('oidc.user:'));
    const user = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...user, ...${JSON.stringify(change)} }));
  }`);
}
