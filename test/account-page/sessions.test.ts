import t, { type Test } from 'tap';
import { hold } from '../helper/hold.ts';
import { noBrowser, startBrowser } from './browser.ts';
import { endSession, expireTokens, openSignedIn, signIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

/** What a browser tells a page that is looked at again. */
const comeBack = "window.dispatchEvent(new Event('pageshow'))";

t.test('sessions on the account page', { skip: noBrowser }, async (t) => {
  const { url } = await startAccountPage(t);
  const open = async (t: Test) => {
    const { context, page } = await startBrowser(t);
    await page.goto(url);
    return { context, page };
  };
  const openTwoTabs = async (t: Test) => {
    const { context, page } = await openSignedIn(t, url);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByText('ada@example.com').waitFor();
    return { context, page, other };
  };

  t.test('an edit outlives the session it was begun in', async (t) => {
    const { context, page } = await open(t);
    await signIn(page);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByLabel('Given name').fill('Augusta');
    await page.bringToFront();
    await page.getByLabel('Display name').fill('Countess ');
    await endSession(page);
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Your session has ended. Please sign in again.').waitFor();
    t.ok(await page.getByText('What you typed is kept').isVisible());
    await page.reload();
    await signIn(page);
    await page.getByText('What you typed before is back.').waitFor();
    t.equal(await page.getByLabel('Display name').inputValue(), 'Countess ');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    t.notOk(await page.getByText('changed elsewhere').isVisible(), 'a space is nobody else');
    t.equal(await page.getByLabel('Display name').inputValue(), 'Countess');
    t.equal(await page.evaluate('sessionStorage.length'), 0, 'nothing is kept any more');

    await other.bringToFront();
    await other.getByLabel('Given name').waitFor();
    t.equal(await other.getByLabel('Given name').inputValue(), 'Augusta', 'so did the other tab’s');
    await other.getByRole('button', { name: 'Discard' }).click();
    t.equal(await other.evaluate('sessionStorage.length'), 0);
  });

  t.test('an edit that was saved while the page was left is none any more', async (t) => {
    const { page } = await open(t);
    await signIn(page);
    let isCarriedOut = false;
    await page.route('**/v1/profiles/me', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      await route.fetch();
      // Its answer finds nobody.
      isCarriedOut = true;
    });
    await page.getByLabel('Given name').fill('Augusta Ada');
    await page.getByRole('button', { name: 'Save changes' }).click();
    while (!isCarriedOut) await page.waitForTimeout(20);
    await page.unroute('**/v1/profiles/me');
    await page.reload();
    await page.getByLabel('Given name').waitFor();
    t.equal(await page.getByLabel('Given name').inputValue(), 'Augusta Ada');
    t.equal(await page.getByText('What you typed before is back.').count(), 0);
    t.equal(await page.getByRole('button', { name: 'Discard' }).count(), 0);
  });

  t.test('a pool that does not answer keeps nobody signed in', async (t) => {
    const { context, page } = await open(t);
    await signIn(page);
    let isAsked = false;
    await context.route('**/oauth2/revoke', () => {
      isAsked = true;
    });
    await page.getByRole('button', { name: 'Sign out' }).click();
    while (!isAsked) await page.waitForTimeout(20);
    t.equal(await page.evaluate('localStorage.length'), 0);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
  });

  t.test(
    'a sign-out without a network stays on the page, and the next sign-in is new',
    async (t) => {
      const { context, page } = await open(t);
      await signIn(page);
      await context.setOffline(true);
      await page.getByRole('button', { name: 'Sign out' }).click();
      const button = page.getByRole('button', { name: 'Sign in or create an account' });
      await button.waitFor();
      t.equal(await page.evaluate('localStorage.length'), 0);
      await context.setOffline(false);
      t.equal(page.url(), `${url}/`);
      await button.click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      t.equal(new URL(page.url()).searchParams.get('prompt'), 'login');
    },
  );

  t.test('a sign-out shows in the other tabs, and going back shows nothing', async (t) => {
    const { context, page } = await open(t);
    await signIn(page);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByLabel('Display name').fill('Not saved');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByText('You signed out in another tab.').waitFor();
    t.notOk(await other.getByText('ada@example.com').isVisible());
    t.equal(await other.evaluate('sessionStorage.length'), 0, 'what was typed is gone too');
    await page.getByText('Sign in or create an account').waitFor();
    await page.goBack();
    await page.getByText('Sign in or create an account').waitFor();
    t.notOk(await page.getByText('ada@example.com').isVisible());

    await signIn(page);
    await other.getByText('ada@example.com').waitFor();
    t.pass('a sign-in shows there as well');
  });

  t.test('a sign-out is not undone by a tab that renews its token meanwhile', async (t) => {
    const { page, other } = await openTwoTabs(t);
    let renewals = 0;
    const { held, release } = hold();
    await other.route('**/oauth2/token', async (route) => {
      renewals++;
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    await expireTokens(other);
    await other.evaluate(comeBack);
    while (renewals === 0) await other.waitForTimeout(20);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByText('You signed out in another tab.').waitFor();
    const answered = other.waitForResponse('**/oauth2/token');
    release();
    await (await answered).finished();
    await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
    await other.reload();
    await other.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
    t.equal(await other.evaluate('localStorage.length'), 0);
  });

  t.test('two tabs that renew at once with a token that is good for once stay', async (t) => {
    const { context, page, other } = await openTwoTabs(t);
    const used = new Set<string | null>();
    await context.route('**/oauth2/token', async (route) => {
      const form = new URLSearchParams(route.request().postData() ?? '');
      const token = form.get('refresh_token');
      const isUsed = used.has(token);
      used.add(token);
      const response = await route.fetch();
      const refusal = { status: 400, json: { error: 'invalid_grant' } };
      if (isUsed) return route.fulfill({ response, ...refusal });
      // Long enough for the other tab to ask, if it would.
      await page.waitForTimeout(500);
      return route.fulfill({
        response,
        json: { ...(await response.json()), refresh_token: 'the next one' },
      });
    });
    await expireTokens(page);
    const reads = [page, other].map((tab) =>
      tab.waitForResponse(
        (response) => response.url().endsWith('/v1/profiles/me') && response.status() === 200,
      ),
    );
    await Promise.all([page, other].map((tab) => tab.evaluate(comeBack)));
    await Promise.all(reads);
    const kept = 'Object.values(localStorage).map((user) => JSON.parse(user).refresh_token)';
    t.same(await page.evaluate(kept), ['the next one']);
    for (const tab of [page, other]) t.ok(await tab.getByText('ada@example.com').isVisible());
  });

  t.test('the focus goes on with the page when a session ends and begins', async (t) => {
    const { context, page } = await open(t);
    const focused = () => page.evaluate('document.activeElement.textContent');
    await signIn(page);
    await page.getByLabel('Given name').fill('Grace');
    await endSession(page);
    await page.getByLabel('Given name').press('Enter');
    await page.getByText('Your session has ended. Please sign in again.').waitFor();
    t.equal(await focused(), 'Your account');
    await page.keyboard.press('Tab');
    t.equal(await focused(), 'Sign in or create an account');
    await signIn(page);
    await page.getByRole('button', { name: 'Discard' }).click();

    const other = await context.newPage();
    await other.goto(url);
    await other.getByRole('button', { name: 'Sign out' }).waitFor();
    t.equal(await other.evaluate('document.activeElement.tagName'), 'BODY', 'nobody was there');
    await page.bringToFront();
    await page.getByLabel('Given name').focus();
    await other.bringToFront();
    await other.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByText('You signed out in another tab.').waitFor();
    t.equal(await focused(), 'Your account', 'also in a tab that was left');
  });

  t.test('somebody who turns back at the sign-in is told so', async (t) => {
    const { page } = await open(t);
    await page.getByRole('button', { name: 'Sign in or create an account' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const asked = new URL(page.url()).searchParams;
    // What the pool sends when Google or Apple say that the person did not agree.
    const answer = new URLSearchParams({
      error: 'access_denied',
      error_description: 'user_cancelled_authorize',
      state: asked.get('state') ?? '',
    });
    await page.goto(`${asked.get('redirect_uri')}?${answer}`);
    await page.getByText('You cancelled the sign-in.').waitFor();
    t.equal(page.url(), `${url}/`);
    t.equal(await page.evaluate('localStorage.length'), 0);

    await signIn(page);
    await page.goto(`${url}/?${answer}`);
    await page.getByText('ada@example.com').waitFor();
    t.equal(page.url(), `${url}/`, 'an answer that came before changes nothing');
  });

  t.test('what the service refuses is shown at its field', async (t) => {
    const { page } = await open(t);
    await signIn(page);
    const field = page.getByLabel('Family name');
    await field.fill('x');
    // Half of a character, as a broken paste leaves it.
    await page.evaluate(`{
      const input = document.querySelector('[name=familyName]');
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
      set.call(input, 'A\\ud800');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }`);
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('must be well-formed Unicode').waitFor();
    t.equal(await field.getAttribute('aria-invalid'), 'true');
    t.equal(await page.evaluate('document.activeElement.name'), 'familyName');
  });
});

t.test(
  'in development, too, a dialog that is left gives the focus back',
  {
    skip: noBrowser,
  },
  async (t) => {
    const { url } = await startAccountPage(t, { development: true });
    const { page, faults } = await startBrowser(t);
    await page.goto(url);
    await signIn(page);
    const leave = [
      () => page.keyboard.press('Escape'),
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Keep it' }).click(),
    ];
    for (const close of leave) {
      await page.getByRole('button', { name: 'Erase my profile' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Erase your profile?' }).waitFor();
      await close();
      await page.locator('dialog').waitFor({ state: 'detached' });
      t.equal(await page.evaluate('document.activeElement.textContent'), 'Erase my profile');
    }
    t.same(faults, [], 'the console is silent');
  },
);
