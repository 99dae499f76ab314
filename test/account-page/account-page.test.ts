import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import t from 'tap';
import { noBrowser, startBrowser } from './browser.ts';
import { fill, push, tabTo } from './keyboard.ts';
import { findNothing, takePictures } from './look.ts';
import { startAccountPage } from './start-account-page.ts';

const password = 'Correct-horse-2';
const picture = 'https://images.example.com/ada.png';
t.test(
  'a person signs up, edits in two tabs, exports, erases and comes back, by keyboard alone',
  {
    skip: noBrowser,
  },
  async (t) => {
    const { url, pool, service } = await startAccountPage(t);
    const { context, page, requests, faults } = await startBrowser(t);
    await context.route(picture, (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: portrait }),
    );
    const email = 'ada.byron@example.com';

    const look = (page: Page, name: string) => findNothing(t, page, name);

    await page.goto(url);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await look(page, 'the signed-out page');
    await takePictures(page, 'signed-out');
    await push(page, 'Sign in or create an account');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look(page, 'the sign-in page');
    await takePictures(page, 'sign-in');
    await push(page, 'Create an account');
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await look(page, 'the sign-up page');
    await fill(page, 'Given name', 'Ada');
    await fill(page, 'Family name', 'Byron');
    await fill(page, 'E-mail', email);
    await fill(page, 'Password', password);
    await push(page, 'Create account');
    await page.getByRole('heading', { name: 'Confirm your e-mail' }).waitFor();
    await look(page, 'the confirmation page');
    await fill(page, 'Code', pool.codes.get(email) ?? 'no code was sent');
    await push(page, 'Confirm');

    await page.getByRole('heading', { name: 'Your details' }).waitFor();
    t.equal(await page.getByLabel('Given name').inputValue(), 'Ada', 'Cognito told the names');
    t.ok(await page.getByText('E-mail confirmed').isVisible());
    t.equal(page.url(), `${url}/`, 'the code is gone from the address');

    await fill(page, 'Display name', 'Ada');
    await fill(page, 'Picture', 'http://images.example.com/ada.png');
    await push(page, 'Save changes');
    await page.getByText('Enter a web address with https:// in front.').waitFor();
    await look(page, 'a refused edit');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(picture);
    await page.keyboard.press('Enter');
    await page.getByText('Saved.').waitFor();
    await tabTo(page, 'Appearance');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
    await look(page, 'the dark page');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await tabTo(page, 'Activity in your account');
    await page.keyboard.press('Space');
    await page.getByLabel('Activity in your account').and(page.locator(':checked')).waitFor();
    await look(page, 'the light page');
    await takePictures(page, 'account');
    await tabTo(page, 'Language');
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: 'Ihre Angaben' }).waitFor();
    t.equal(await page.title(), 'Ihr Konto');
    t.match(await page.locator('time').textContent(), /^\d{1,2}\. \p{L}+ \d{4}$/u, 'a German date');
    // What was said before as well, and what is said when the choice is saved.
    await page.getByText('Gespeichert.').nth(1).waitFor();
    await look(page, 'the German page');
    await takePictures(page, 'account-de');
    await page.keyboard.press('Home');
    await page.getByRole('heading', { name: 'Your details' }).waitFor();

    t.comment('two tabs');
    const other = await context.newPage();
    await other.goto(url);
    await other.getByRole('heading', { name: 'Your details' }).waitFor();
    await fill(other, 'Display name', 'Countess of Lovelace');
    await fill(other, 'Given name', 'Augusta');
    await page.bringToFront();
    await page.getByLabel('Display name').focus();
    await page.keyboard.press('Shift+Tab');
    await fill(page, 'Display name', 'Ada L.');
    await fill(page, 'Family name', 'Lovelace');
    await push(page, 'Save changes');
    // Beside the preferences, it has been there since the language was chosen.
    const details = page.getByRole('region', { name: 'Your details' });
    await details.getByText('Saved.').waitFor();
    await other.bringToFront();
    await push(other, 'Save changes');
    await other.getByRole('heading', { name: 'Changed somewhere else' }).waitFor();
    await look(other, 'the conflict');
    await takePictures(other, 'conflict');
    await other.keyboard.press('Escape');
    await other.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await other.evaluate('document.activeElement.textContent'), 'Save changes');
    await other.keyboard.press('Enter');
    await other.getByRole('heading', { name: 'Changed somewhere else' }).waitFor();
    t.same(await other.locator('dialog strong').allInnerTexts(), [
      'Countess of Lovelace',
      'Ada L.',
    ]);
    await push(other, 'Save my choice');
    await other.getByText('Family name changed elsewhere', { exact: false }).waitFor();
    t.equal(await other.getByLabel('Display name').inputValue(), 'Countess of Lovelace');
    t.equal(await other.getByLabel('Given name').inputValue(), 'Augusta');
    t.equal(await other.getByLabel('Family name').inputValue(), 'Lovelace', "the first tab's edit");
    await other.close();
    await page.bringToFront();
    await page.reload();
    await page.getByText('Countess of Lovelace').waitFor();

    t.comment('export');
    const downloading = page.waitForEvent('download');
    await push(page, 'Download my data');
    const download = await downloading;
    t.equal(download.suggestedFilename(), 'my-profile.json');
    t.match(JSON.parse(readFileSync(await download.path(), 'utf8')), {
      profile: { email, displayName: 'Countess of Lovelace', avatarUrl: picture },
      sources: { displayName: 'person' },
    });

    t.comment('erase');
    await push(page, 'Erase my profile');
    await page.getByRole('heading', { name: 'Erase your profile?' }).waitFor();
    await look(page, 'the question');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Erase my profile');
    await page.keyboard.press('Enter');
    await push(page, 'Erase for good');
    await page.getByText('Type the word erase to go on.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('erase');
    await takePictures(page, 'erase');
    await page.keyboard.press('Enter');
    const farewell = page.getByText('Your profile was erased', { exact: false });
    await farewell.waitFor();
    t.match(
      await farewell.textContent(),
      /Your login still works.*We remember/,
      'it tells what stays',
    );
    await look(page, 'the page after the erasure');

    t.comment('sign in again');
    // A sign-in in the very second of the erasure is not after it.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await push(page, 'Sign in or create an account');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await fill(page, 'E-mail', email);
    await fill(page, 'Password', password);
    await push(page, 'Sign in');
    await page.getByRole('heading', { name: 'Your details' }).waitFor();
    t.equal(await page.getByLabel('Given name').inputValue(), 'Ada', 'as Cognito knows her');
    t.equal(await page.getByLabel('Display name').inputValue(), '', 'a fresh profile');
    await push(page, 'Sign out');
    await page.getByText('Sign in or create an account').waitFor();
    await page.waitForFunction('localStorage.length === 0');
    t.pass('no token stays');

    const own = [url, service.url, pool.url, picture, 'data:', 'blob:'];
    t.same(
      requests.filter((address) => !own.some((start) => address.startsWith(start))),
      [],
      'nothing else is asked',
    );
    // Chromium reports every answer of 400 and above as an error of the page.
    const told = faults.filter((fault) => !/status of 4(00|12) /.test(fault));
    t.same(told, [], 'the console is silent');
  },
);

const portrait = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 88 88"><rect width="88" height="88" fill="#c9b6e4"/><circle cx="44" cy="36" r="16" fill="#5b3a76"/><path d="M14 88c0-22 14-32 30-32s30 10 30 32z" fill="#5b3a76"/></svg>`;
