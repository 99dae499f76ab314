import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createProfileClient } from '../../client/src/index.ts';
import { webClientId } from '../../local-cognito/app-clients.ts';
import type { Person } from '../../local-cognito/person.ts';
import { findSample } from '../../local-cognito/sample-people.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { noBrowser, startBrowser } from './browser.ts';
import { fill, push, tabTo } from './keyboard.ts';
import { findNothing, takePictures } from './look.ts';
import { signIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const everyone = { 'x-read': ['everyone'], 'x-write': ['self', 'service'] };
const schema = {
  type: 'object',
  properties: {
    displayName: {
      type: 'string',
      maxLength: 200,
      title: 'Display name',
      'x-title': { de: 'Anzeigename' },
      'x-autocomplete': 'nickname',
      ...everyone,
    },
    place: {
      type: 'object',
      title: 'Where you are',
      'x-title': { de: 'Wo Sie sind' },
      properties: {
        city: { type: 'string', maxLength: 60, title: 'City', 'x-title': { de: 'Ort' } },
      },
      ...everyone,
    },
    home: { type: 'string', format: 'uri', maxLength: 90, title: 'Home page', ...everyone },
    birthday: {
      type: 'string',
      format: 'date',
      title: 'Birthday',
      'x-title': { de: 'Geburtstag' },
      'x-write': ['self'],
    },
    settings: {
      type: 'object',
      additionalProperties: true,
      'x-maxBytes': 2000,
      'x-write': ['self', 'service'],
    },
  },
};

t.setTimeout(180_000);
t.test('a person sees what others see, and hides', { skip: noBrowser }, async (t) => {
  const file = join(t.testdir(), 'profile.schema.json');
  writeFileSync(file, JSON.stringify(schema));
  const { url, pool, service } = await startAccountPage(t, { env: { PROFILE_SCHEMA_FILE: file } });
  const { page, faults } = await startBrowser(t);
  const { issuer, key } = pool;
  const [ada, grace] = [findSample('ada'), findSample('grace')] as [Person, Person];
  const viewer = createProfileClient({
    baseUrl: service.url,
    token: () =>
      mintAccessToken(key, { issuer, clientId: webClientId, person: grace, scope: 'profile' }),
  });
  const look = () => viewer.getPerson(ada.sub, { revalidate: true });

  await page.goto(url);
  await signIn(page);
  const card = page.locator('section', {
    has: page.getByRole('heading', { name: 'What others see' }),
  });
  const listed = card.getByLabel('Others can see me');
  t.ok(await listed.isChecked(), 'listed unless they say otherwise');
  t.equal(await page.getByText('Everyone can see this.').count(), 3, 'beside what is public');
  const notes = `document.querySelector('[name=home]').getAttribute('aria-describedby').split(' ')
    .map((id) => document.getElementById(id).textContent)`;
  t.same(
    await page.evaluate(notes),
    ['A web address with https:// in front.', 'Everyone can see this.'],
    'each note for itself',
  );

  t.comment('what is edited is what others see');
  await fill(page, 'Display name', 'Countess of Lovelace');
  await fill(page, 'City', 'London');
  await page.getByLabel('Birthday').fill('1815-12-10');
  await push(page, 'Save changes');
  await card.getByText('Countess of Lovelace').waitFor();
  t.same(await card.locator('dl div').allInnerTexts(), [
    'Display name\nCountess of Lovelace',
    'City\nLondon',
  ]);
  t.strictSame(await look(), {
    userId: ada.sub,
    displayName: 'Countess of Lovelace',
    place: { city: 'London' },
  });
  await findNothing(t, page, 'what others see');
  await takePictures(page, 'people-listed');

  t.comment('hiding, by keyboard');
  await tabTo(page, 'Others can see me');
  await page.keyboard.press('Space');
  await card.getByText('Saved.').waitFor();
  await card.getByText('Nobody sees anything of you.', { exact: false }).waitFor();
  t.equal(await card.locator('dl').count(), 0);
  t.equal(await look(), undefined);
  await findNothing(t, page, 'somebody who hides');
  await takePictures(page, 'people-hidden');
  await page.reload();
  await card.waitFor();
  t.notOk(await listed.isChecked(), 'it is kept');

  t.comment('in German, and back');
  await tabTo(page, 'Language');
  await page.keyboard.press('End');
  await page.getByRole('heading', { name: 'Was andere sehen' }).waitFor();
  await tabTo(page, 'Andere können mich sehen');
  await page.keyboard.press('Space');
  await page.locator('dl').getByText('Countess of Lovelace').waitFor();
  t.match(await look(), { displayName: 'Countess of Lovelace' });
  await takePictures(page, 'people-de');

  const told = faults.filter((fault) => !/status of 404 /.test(fault));
  t.same(told, [], 'the console is silent');
});
