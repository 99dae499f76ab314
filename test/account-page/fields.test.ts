import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { noBrowser, startBrowser } from './browser.ts';
import { fill, push, tabTo } from './keyboard.ts';
import { findNothing, takePictures } from './look.ts';
import { createServiceCaller } from './service-caller.ts';
import { signIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const written = { 'x-write': ['self', 'service'] };
const labelled = (title: string, de: string) => ({ title, 'x-title': { de }, ...written });
const text = { type: 'string', maxLength: 60 };
const schema = {
  type: 'object',
  properties: {
    fullName: { ...text, ...labelled('Full name', 'Voller Name'), 'x-autocomplete': 'name' },
    jobTitle: { type: 'string', enum: ['dev', 'ops'], ...labelled('Job', 'Beruf') },
    level: { type: 'integer', minimum: 1, maximum: 9, ...labelled('Level', 'Stufe') },
    born: { type: 'string', format: 'date', ...labelled('Date of birth', 'Geburtstag') },
    onCall: { type: 'string', format: 'date-time', ...labelled('On call from', 'Dienst ab') },
    newsletter: { type: 'boolean', ...labelled('Newsletter', 'Rundbrief') },
    about: { type: 'string', maxLength: 1000, ...labelled('About you', 'Über Sie') },
    languages: {
      type: 'array',
      items: { type: 'string', enum: ['en', 'de', 'fr'] },
      maxItems: 3,
      ...labelled('Languages', 'Sprachen'),
    },
    tags: { type: 'array', items: text, maxItems: 3, ...labelled('Tags', 'Stichwörter') },
    address: {
      type: 'object',
      properties: {
        city: { ...text, title: 'City', 'x-title': { de: 'Ort' } },
        zip: { type: 'string', maxLength: 9, pattern: '^\\d{4,5}$', title: 'Postal code' },
      },
      ...labelled('Address', 'Anschrift'),
    },
    settings: { type: 'object', additionalProperties: true, 'x-maxBytes': 2000, ...written },
    extras: {
      type: 'object',
      additionalProperties: true,
      'x-maxBytes': 2000,
      ...labelled('Extras', 'Weiteres'),
    },
    plan: { type: 'string', enum: ['free', 'pro'], title: 'Plan', 'x-title': { de: 'Tarif' } },
    memberSince: { type: 'string', format: 'date', title: 'Member since' },
    crmId: { ...text, title: 'Customer number', 'x-read': ['service'] },
  },
};
const canary = 'crm-canary-5f1c2d34';

t.setTimeout(180_000);
t.test("the page is made of a team's own fields", { skip: noBrowser }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fields-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'profile.schema.json');
  writeFileSync(file, JSON.stringify(schema));
  const started = await startAccountPage(t, { env: { PROFILE_SCHEMA_FILE: file } });
  const { url, service } = started;
  const { page, faults } = await startBrowser(t);
  const seen: string[] = [];
  page.on('response', async (response) => {
    if (response.url().startsWith(service.url)) seen.push(await response.text().catch(() => ''));
  });

  const asService = createServiceCaller(started);

  await page.goto(url);
  await signIn(page);
  const set = { plan: 'pro', memberSince: '2020-02-03', crmId: canary };
  t.equal((await asService('PATCH', set)).status, 200);
  await page.reload();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();

  t.comment('what they may only see is shown, what they may not see is nowhere');
  t.same(await page.locator('dl div').allInnerTexts(), [
    'Plan\npro',
    'Member since\nFebruary 3, 2020',
  ]);
  t.equal(await page.getByLabel('Plan').count(), 0);
  t.notOk((await page.content()).includes(canary));
  t.equal(await page.getByText('Customer number').count(), 0);

  t.comment('every control, by keyboard');
  await fill(page, 'Full name', 'Ada Lovelace');
  await tabTo(page, 'Job');
  await page.keyboard.press('End');
  await fill(page, 'Level', '12');
  await page.getByLabel('Date of birth').fill('1815-12-10');
  await page.getByLabel('On call from').fill('2026-12-01T08:00:00');
  await tabTo(page, 'Newsletter');
  await page.keyboard.press('Space');
  await fill(page, 'About you', 'Poetical science');
  await tabTo(page, 'de');
  await page.keyboard.press('Space');
  await fill(page, 'Tags', 'tea\nengines');
  await fill(page, 'City', 'Bath');
  await fill(page, 'Postal code', 'BA1');
  await fill(page, 'Extras', '{ "a": ');
  await push(page, 'Save changes');
  await page.getByText('Enter 9 or less.').waitFor();
  await page.getByText('This is not valid JSON.').waitFor();
  t.equal(await page.evaluate('document.activeElement.name'), 'level', 'the first one');
  await findNothing(t, page, 'the faults');
  await takePictures(page, 'fields-faults');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('3');
  await fill(page, 'Extras', '{ "a": { "b": [1, 2] } }');
  await push(page, 'Save changes');
  await page.getByText('must match ^\\d{4,5}$').waitFor();
  t.equal(await page.evaluate('document.activeElement.name'), 'address/zip', 'where it lies');
  await findNothing(t, page, 'what the service refused');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('1234');
  await page.keyboard.press('Enter');
  await page.getByText('Saved.').waitFor();
  const expected = {
    fullName: 'Ada Lovelace',
    jobTitle: 'ops',
    level: 3,
    born: '1815-12-10',
    newsletter: true,
    about: 'Poetical science',
    languages: ['de'],
    tags: ['tea', 'engines'],
    address: { city: 'Bath', zip: '1234' },
    extras: { a: { b: [1, 2] } },
    ...set,
  };
  const { body } = await asService('GET');
  t.match(body, expected);
  t.equal(new Date(String(body.onCall)).getTime(), new Date('2026-12-01T08:00:00').getTime());
  t.equal(await page.locator('.up-name').textContent(), 'Ada Lovelace', 'found by its hint');

  t.comment('parts of an object change alone, and an empty one is removed');
  await asService('PATCH', { level: 4, address: { city: 'London' }, extras: { c: 1 } });
  await fill(page, 'Postal code', '');
  await page.keyboard.press('Enter');
  await page.getByText('Level, City, and Extras changed elsewhere', { exact: false }).waitFor();
  t.strictSame((await asService('GET')).body.address, { city: 'London' });
  const extras = await page.getByLabel('Extras').inputValue();
  t.same(JSON.parse(extras || 'null'), { a: { b: [1, 2] }, c: 1 }, 'as it is now');

  t.comment("the page's own choices, and its language");
  await tabTo(page, 'Language');
  await page.keyboard.press('End');
  await page.getByLabel('Beruf').waitFor();
  t.equal(await page.getByText('Anschrift').count(), 1);
  t.equal(
    await page.getByText('so übernommen: Stufe, Ort und Weiteres').count(),
    1,
    'said before, too',
  );
  // The page changes its language before the service has kept the choice.
  let settings: unknown;
  while (settings === undefined) ({ settings } = (await asService('GET')).body);
  t.match(settings, { locale: 'de' });
  await findNothing(t, page, 'the German page');
  await takePictures(page, 'fields-de');

  t.notOk(
    seen.some((answer) => answer.includes(canary)),
    'no answer had it',
  );
  t.ok(seen.some((answer) => answer.includes('"plan":"pro"')));
  const told = faults.filter((fault) => !/status of 400 /.test(fault));
  t.same(told, [], 'the console is silent');
});
