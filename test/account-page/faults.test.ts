import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { noBrowser } from './browser.ts';
import { openSignedIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const written = { 'x-write': ['self', 'service'] };
const schema = {
  type: 'object',
  properties: {
    givenName: { type: 'string', maxLength: 60, title: 'Given name', ...written },
    role: { type: 'string', maxLength: 40, title: 'Beamten'.repeat(14), ...written },
    age: { type: 'integer', minimum: 0, maximum: 150, title: 'Age', ...written },
    subscribed: { type: 'boolean', title: 'Newsletter', ...written },
    met: { type: 'string', format: 'date-time', title: 'Last met', ...written },
    settings: { type: 'object', additionalProperties: true, 'x-maxBytes': 2000, ...written },
    extras: { type: 'object', additionalProperties: true, 'x-maxBytes': 2000, ...written },
  },
};

t.test('what goes wrong on the account page', { skip: noBrowser }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'profile.schema.json');
  writeFileSync(file, JSON.stringify(schema));
  const { url } = await startAccountPage(t, { env: { PROFILE_SCHEMA_FILE: file } });
  const open = (t: Test, options?: object) => openSignedIn(t, url, options);

  t.test('what stands in the way of the service is no riddle to the person', async (t) => {
    const { page } = await open(t);
    const headers = { 'access-control-allow-origin': url, 'content-type': 'text/html' };
    for (const status of [200, 403]) {
      await page.route('**/v1/profiles/me', (route) => route.fulfill({ status, headers }));
      await page.getByLabel('Given name').fill(`Ada ${status}`);
      await page.getByRole('button', { name: 'Save changes' }).click();
      await page.getByText('We could not reach the service.').waitFor();
      await page.unroute('**/v1/profiles/me');
      await page.getByRole('button', { name: 'Discard' }).click();
      t.equal(await page.getByText('We could not reach the service.').count(), 0);
    }
  });

  t.test('what was said of a text goes with it, and the focus stays', async (t) => {
    const { page } = await open(t);
    const age = page.getByLabel('Age', { exact: true });
    const save = page.getByRole('button', { name: 'Save changes' });
    await age.fill('a lot');
    await page.getByLabel('Extras').fill('{');
    await save.click();
    await page.getByText('Enter a number.').waitFor();
    await age.fill('36');
    t.equal(await page.getByText('Enter a number.').count(), 0);
    t.equal(await age.getAttribute('aria-invalid'), null);
    t.ok(await page.getByText('This is not valid JSON.').isVisible(), 'of that one alone');
    await page.getByRole('button', { name: 'Discard' }).focus();
    await page.keyboard.press('Enter');
    t.equal(await page.getByText('This is not valid JSON.').count(), 0);
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Save changes');
  });

  t.test('a conflict tells values in the words of the page', async (t) => {
    const { context, page } = await open(t);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByLabel('Newsletter').check();
    await other.getByLabel('Last met').fill('2026-12-01T08:00:00');
    await page.bringToFront();
    await page.getByLabel('Newsletter').check();
    await page.getByLabel('Newsletter').uncheck();
    await page.getByLabel('Last met').fill('2026-12-02T08:00:00');
    await other.bringToFront();
    await other.getByRole('button', { name: 'Save changes' }).click();
    await other.getByText('Saved.').waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('dialog').waitFor();
    const told = await page.locator('dialog strong').allInnerTexts();
    t.same(told.slice(0, 2), ['No', 'Yes']);
    t.match(told.slice(2), [/^December 2, 2026\D+8:00/, /^December 1, 2026\D+8:00/]);
  });

  t.test('two quick clicks erase once, and a refusal can be followed by another try', async (t) => {
    const { page } = await open(t);
    let erasures = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/v1/profiles/me', async (route) => {
      if (route.request().method() !== 'DELETE') return route.continue();
      if (++erasures > 1) return route.continue();
      await held;
      return route.abort();
    });
    await page.getByRole('button', { name: 'Erase my profile' }).click();
    await page.getByRole('textbox', { name: 'Type' }).fill('erase');
    const erase = page.getByRole('button', { name: 'Erase for good' });
    await erase.dblclick();
    await page.locator('[aria-disabled=true]', { hasText: 'Erase for good' }).waitFor();
    await erase.click({ force: true });
    await page.keyboard.press('Enter');
    // Nothing calls it off any more, so nothing says it would.
    for (let time = 1; time <= 3; time++) await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep' }).click({ force: true });
    // As long as a second request would take to leave the page.
    await page.waitForTimeout(300);
    t.equal(erasures, 1);
    t.ok(await erase.isVisible(), 'the dialog stays until it is known what became of it');
    release();
    await page.getByText('We could not reach the service.').waitFor();
    await erase.click();
    await page.getByText('Your profile was erased').waitFor();
    t.equal(erasures, 2);
    // Within its second a sign-in can't be told from the one before, and the next test signs in.
    await page.waitForTimeout(1_000);
  });

  t.test('a word is taken as every keyboard can write it, and no other one', async (t) => {
    const { page } = await open(t);
    await choose(page, 'Language', 'de');
    await page.route('**/v1/profiles/me', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.fallback(),
    );
    await page.getByRole('button', { name: 'Mein Profil löschen' }).click();
    const word = page.getByRole('textbox', { name: 'Zur Bestätigung' });
    const tell = async (typed: string, fault: string) => {
      await word.fill(typed);
      await page.getByRole('button', { name: 'Endgültig löschen' }).click();
      await page.getByRole('alert').getByText(fault).waitFor();
      t.pass(typed);
    };
    for (const typed of [' Löschen ', 'LÖSCHEN', 'lo\u0308schen', 'loeschen']) {
      await tell(typed, 'Der Dienst ist nicht erreichbar.');
    }
    for (const typed of ['', 'lösche', 'erase'])
      await tell(typed, 'Geben Sie das Wort löschen ein.');
    await page.unroute('**/v1/profiles/me');
    await page.keyboard.press('Escape');
    await choose(page, 'Sprache', '');
  });

  t.test('a page that found nobody to ask asks again when it is connected', async (t) => {
    const { page } = await open(t);
    await page.route('**/v1/**', (route) => route.abort());
    await page.reload();
    await page.getByRole('heading', { name: 'Your account is out of reach' }).waitFor();
    await page.unroute('**/v1/**');
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    await page.getByRole('heading', { name: 'Your details' }).waitFor();
  });

  t.test('controls side by side are level, however long their labels', async (t) => {
    const { page } = await open(t);
    const topOf = async (name: string) => (await page.locator(`[name=${name}]`).boundingBox())?.y;
    t.ok(((await page.getByText('BeamtenBeamten').boundingBox())?.height ?? 0) > 40);
    t.equal(await topOf('givenName'), await topOf('role'));
    const middleOf = async (name: string) => {
      const { y = 0, height = 0 } = (await page.locator(`[name=${name}]`).boundingBox()) ?? {};
      return y + height / 2;
    };
    const apart = Math.abs((await middleOf('age')) - (await middleOf('subscribed')));
    t.ok(apart < 4, 'a check box beside a line');
  });

  t.test('who it is stays in sight where there is room, and its end in reach', async (t) => {
    const { page } = await open(t);
    const scrolled = async (height: number) => {
      await page.setViewportSize({ width: 1280, height });
      await page.evaluate('window.scrollTo(0, 0)');
      const before = await page.locator('header').boundingBox();
      await page.evaluate('window.scrollTo(0, 200)');
      const after = await page.locator('header').boundingBox();
      return (before?.y ?? 0) - (after?.y ?? 0);
    };
    t.equal(await scrolled(700), 0);
    t.equal(await scrolled(360), 200, 'a phone on its side');
  });

  t.test('a narrow page holds long labels and every control, also from the right', async (t) => {
    const { page } = await open(t, { viewport: { width: 320, height: 700 } });
    for (const direction of ['ltr', 'rtl']) {
      await page.evaluate(`document.documentElement.dir = '${direction}'`);
      const outside = await page.evaluate(`[...document.querySelectorAll('.up-card *')]
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          const card = element.closest('.up-card').getBoundingClientRect();
          return width > 0 && (right > card.right || left < card.left);
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 80))`);
      t.same(outside, [], direction);
    }
    const direction = "getComputedStyle(document.querySelector('[name=extras]')).direction";
    t.equal(await page.evaluate(direction), 'ltr', 'JSON is read from the left');
  });
});

/** Until it is written: the next test's page would be in the language of this one's. */
async function choose(page: Page, label: string, language: string): Promise<void> {
  const written = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await page.getByLabel(label).selectOption(language);
  await written;
}
