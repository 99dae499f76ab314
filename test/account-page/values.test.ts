import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { noBrowser } from './browser.ts';
import { createServiceCaller } from './service-caller.ts';
import { openSignedIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const written = { 'x-write': ['self', 'service'] };
const text = { type: 'string', maxLength: 60 };
/** Named as the preference is: the page has labels for these options. */
const looks = { type: 'array', items: { type: 'string', enum: ['light', 'dark'] }, maxItems: 2 };
const schema = {
  type: 'object',
  properties: {
    fullName: { ...text, title: 'Full name', ...written },
    height: { type: 'number', minimum: 0.5, maximum: 2.5, title: 'Height', ...written },
    sizes: { type: 'array', items: { type: 'number' }, maxItems: 3, title: 'Sizes', ...written },
    met: { type: 'string', format: 'date-time', title: 'Last met', ...written },
    settings: { type: 'object', additionalProperties: true, 'x-maxBytes': 2000, ...written },
    theme: looks,
    aliases: { type: 'array', items: text, maxItems: 3, title: 'Also known as' },
  },
};

t.test('values on the account page', { skip: noBrowser }, async (t) => {
  const file = join(t.testdir(), 'profile.schema.json');
  writeFileSync(file, JSON.stringify(schema));
  const started = await startAccountPage(t, { env: { PROFILE_SCHEMA_FILE: file } });
  const asService = createServiceCaller(started);
  const open = async (t: Test, options?: object) =>
    (await openSignedIn(t, started.url, options)).page;

  t.test('the values of a list are told by their labels', async (t) => {
    const page = await open(t);
    await asService('PATCH', { theme: ['light', 'dark'] });
    await page.reload();
    t.equal(await page.locator('dd').textContent(), 'Light and Dark');
  });

  t.test('a list of names stays in order, whichever way they are written', async (t) => {
    await asService('PATCH', { aliases: ['אבג', 'דהו', 'Ada'], theme: null });
    const page = await open(t);
    t.equal(await page.locator('dd').textContent(), 'אבג, דהו, and Ada');
    const lefts = await page.evaluate<number[]>(`(() => {
      const [text] = document.querySelectorAll('dd');
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      const lefts = [];
      while (walker.nextNode()) {
        for (const { index } of walker.currentNode.data.matchAll(/[אדA]/g)) {
          const range = document.createRange();
          range.setStart(walker.currentNode, index);
          range.setEnd(walker.currentNode, index + 1);
          lefts.push(range.getBoundingClientRect().left);
        }
      }
      return lefts;
    })()`);
    t.equal(lefts.length, 3);
    t.same(
      lefts,
      lefts.toSorted((one, other) => one - other),
      'from left to right',
    );
  });

  t.test('a moment is the same one in every time zone', async (t) => {
    const stored = '2026-12-01T08:00:00Z';
    await asService('PATCH', { met: stored });
    const page = await open(t, { timezoneId: 'America/New_York' });
    const met = page.getByLabel('Last met');
    t.equal(await met.inputValue(), '2026-12-01T03:00', 'in the time of the device');
    await page.getByLabel('Full name').fill('Ada');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    t.match((await asService('GET')).body, { fullName: 'Ada', met: stored });
    await met.fill('2026-07-01T03:00:00');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    t.match((await asService('GET')).body, { met: '2026-07-01T07:00:00.000Z' }, 'summer time');
  });

  t.test('a number has the comma of its language', async (t) => {
    const page = await open(t);
    await page.getByLabel('Language').selectOption('de');
    const save = page.getByRole('button', { name: 'Änderungen speichern' });
    const height = page.getByLabel('Height');
    await height.fill('0,25');
    await save.click();
    await page.getByText('Mindestens 0,5.').waitFor();
    await height.fill('1,75');
    await page.getByLabel('Sizes').fill('1,5\n2.5');
    await save.click();
    await page.getByRole('region', { name: 'Ihre Angaben' }).getByText('Gespeichert.').waitFor();
    t.match((await asService('GET')).body, { height: 1.75, sizes: [1.5, 2.5] });
    t.equal(await height.inputValue(), '1,75');
    t.equal(await page.getByLabel('Sizes').inputValue(), '1,5\n2,5', 'a point is shown as one');

    await height.fill('1,8');
    await asService('PATCH', { height: 1.85 });
    await save.click();
    await page.getByRole('dialog').waitFor();
    t.same(await page.locator('dialog strong').allInnerTexts(), ['1,8', '1,85']);
    await page.getByRole('button', { name: 'Weiter bearbeiten' }).click();
    await page.getByRole('button', { name: 'Verwerfen' }).click();
    await page.getByLabel('Sprache').selectOption('en');
    t.equal(await page.getByLabel('Height').inputValue(), '1.85');
  });
});
