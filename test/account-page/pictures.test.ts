import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { machineClients } from '../../local-cognito/app-clients.ts';
import { findSample } from '../../local-cognito/sample-people.ts';
import { mintMachineToken } from '../../local-cognito/tokens.ts';
import { send } from '../helper/request.ts';
import { pictureEnv, startStore } from '../pictures/start-pictures.ts';
import { noBrowser, startBrowser } from './browser.ts';
import { push, tabTo } from './keyboard.ts';
import { findNothing, takePictures } from './look.ts';
import { signIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const external = 'https://images.example.com/ada.png';
const { sub = '' } = findSample('ada') ?? {};

/** Red above blue, and stored on its side as cameras do: orientation 6 turns it upright. */
const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: 'red' } })
  .composite([
    {
      input: { create: { width: 450, height: 600, channels: 3, background: 'blue' } },
      left: 450,
      top: 0,
    },
  ])
  .jpeg()
  .withMetadata({ orientation: 6 })
  .toBuffer();
const green = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'lime' } })
  .png()
  .toBuffer();

/** The kept square's colour at a height, 0 to 1: its strongest channel. */
async function colorAt(address: string, height: number): Promise<string> {
  const answer = await fetch(address);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor((info.height - 1) * height) * info.width + info.width / 2) * 3;
  const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
  return r > Math.max(g, b) ? 'red' : g > b ? 'green' : 'blue';
}

async function choose(page: Page, file: { name: string; mimeType: string; buffer: Buffer }) {
  const choosing = page.waitForEvent('filechooser');
  await push(page, 'Choose a picture');
  await (await choosing).setFiles(file);
}

/** The bytes in the page. */
const inPage = (bytes: Buffer) =>
  `Uint8Array.from(atob(${JSON.stringify(bytes.toString('base64'))}), (one) => one.charCodeAt(0))`;

/** As from a folder of the device. */
async function drop(page: Page, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${inPage(bytes)}], 'green.png', { type: 'image/png' }));
    return transfer;
  })()`);
  const field = page.getByRole('group', { name: 'Picture' });
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await field.dispatchEvent(type, { dataTransfer: transfer });
  }
}

/** As from another page. */
async function copy(page: Page, bytes: Buffer): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.write([
    new ClipboardItem({ 'image/png': new Blob([${inPage(bytes)}], { type: 'image/png' }) }),
  ])`);
}

t.setTimeout(600_000);
t.test(
  'a picture is pasted wherever the focus is, and sent once however often it is taken',
  { skip: noBrowser },
  async (t) => {
    const store = await startStore(t);
    const { url } = await startAccountPage(t, { env: pictureEnv(store), development: true });
    const { page } = await startBrowser(t);
    page.setDefaultTimeout(180_000);
    await page.goto(url);
    await signIn(page);
    await copy(page, green);
    const cutting = page.getByRole('heading', { name: 'Choose what is shown' });
    const focused = () => page.evaluate('document.activeElement.textContent');

    await page.keyboard.press('Control+V');
    await cutting.waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await focused(), 'Choose a picture', 'the focus is where one goes on');

    await page.getByLabel('Given name').focus();
    await page.keyboard.press('Control+V');
    await page.getByRole('button', { name: 'Erase my profile' }).press('Enter');
    await page.getByLabel('Type “erase” to confirm').press('Control+V');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await cutting.count(), 0, 'not in a text, nor over another question');

    let sent = 0;
    await page.route('**/avatar', (route) => {
      if (route.request().method() === 'PUT') sent++;
      return route.fallback();
    });
    t.equal(await focused(), 'Erase my profile');
    await page.keyboard.press('Control+V');
    await cutting.waitFor();
    await page.getByRole('button', { name: 'Use this picture' }).dblclick();
    await page.getByText('Your picture is changed.').waitFor();
    t.equal(sent, 1);
  },
);

t.test(
  'a person uploads a picture by chooser and by dropping it, cuts it, undoes and removes it',
  { skip: noBrowser },
  async (t) => {
    const store = await startStore(t);
    const file = join(t.testdir(), 'profile.schema.json');
    const schema = JSON.parse(readFileSync('profile.schema.json', 'utf8'));
    schema.properties.avatarUrl['x-read'] = ['everyone'];
    writeFileSync(file, JSON.stringify(schema));
    const { url, pool, service } = await startAccountPage(t, {
      env: { ...pictureEnv(store), PROFILE_SCHEMA_FILE: file },
    });
    const { issuer, key } = pool;
    const { clientId = '' } = machineClients.find(({ name }) => name === 'billing') ?? {};
    const scope = 'profiles/read profiles/write';
    const asService = (method: string, path: string, body?: object) =>
      send(service.url, method, path, {
        token: mintMachineToken(key, { issuer, clientId, scope }),
        ...(body && { body }),
      });
    const addressNow = async () =>
      String((await asService('GET', `/v1/profiles/${sub}`)).body.avatarUrl);
    const { context, page, faults } = await startBrowser(t);
    await context.route(external, (route) =>
      route.fulfill({ contentType: 'image/png', body: green }),
    );
    // A decoder runs last on a busy machine, and the page says so: then a person asks again.
    page.setDefaultTimeout(180_000);
    await page.goto(url);
    await signIn(page);
    await asService('PATCH', `/v1/profiles/${sub}`, { avatarUrl: external });
    await page.reload();
    await page.getByRole('heading', { name: 'Your details' }).waitFor();
    t.equal(await page.getByLabel('Picture').and(page.locator('input')).count(), 0);

    t.comment('what is no picture is told before anything is sent');
    await choose(page, { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await page.getByText('can’t be read as a picture', { exact: false }).waitFor();
    await findNothing(t, page, 'what is no picture');

    t.comment('chosen, moved, zoomed and taken by keyboard');
    await choose(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo });
    await page.getByRole('heading', { name: 'Choose what is shown' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Choose a picture');
    await choose(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo });
    await page.getByRole('heading', { name: 'Choose what is shown' }).waitFor();
    t.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'application');
    await findNothing(t, page, 'the cutting');
    await takePictures(page, 'picture-crop');
    const zoom = page.getByLabel('Zoom');
    const before = Number(await zoom.inputValue());
    for (let times = 0; times < 8; times++) await page.keyboard.press('+');
    t.ok(Number(await zoom.inputValue()) > before * 2, 'plus zooms');
    for (let times = 0; times < 20; times++) await page.keyboard.press('ArrowUp');
    await takePictures(page, 'picture-zoomed');
    await page.keyboard.press('Enter');
    await page.getByText('Your picture is changed.').waitFor();
    const uploaded = await addressNow();
    t.ok(uploaded.startsWith(`${store.baseUrl}/avatars/`));
    t.equal(await colorAt(uploaded, 0.5), 'blue', 'what was below, upright: the arrow moved it up');
    t.ok(await page.locator(`header img[src="${uploaded}"]`).isVisible());
    await findNothing(t, page, 'the changed picture');
    await takePictures(page, 'picture-changed');

    t.comment('another person sees it');
    const seen = await asService('GET', `/v1/people/${sub}`);
    t.equal(seen.body.avatarUrl, uploaded);
    const others = page.getByRole('region', { name: 'What others see' });
    await others.locator(`img[src="${uploaded}"]`).waitFor();
    const told = page.getByRole('group', { name: 'Picture' }).getByText('Everyone can see this.');
    t.equal(await told.count(), 1, 'and the person is told so');

    t.comment('undone: the address of before is back');
    await push(page, 'Undo');
    await page.getByText('Your picture is as it was.').waitFor();
    t.equal(await addressNow(), external);
    t.equal((await fetch(uploaded)).status, 404, 'and the upload is deleted');
    t.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);

    t.comment('dropped, dragged in the frame, and taken');
    await drop(page, photo);
    await page.getByRole('heading', { name: 'Choose what is shown' }).waitFor();
    const frame = await page.locator('dialog canvas').boundingBox();
    if (!frame) throw new Error('there is no frame');
    await page.mouse.move(frame.x + 50, frame.y + 50);
    await page.mouse.down();
    await page.mouse.move(frame.x + 50, frame.y + frame.height + 200, { steps: 5 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await page.getByText('Your picture is changed.').waitFor();
    const first = await addressNow();
    t.equal(await colorAt(first, 0.1), 'red', 'the top of the photo');
    await drop(page, green);
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await page.locator(`header img[src="${first}"]`).waitFor({ state: 'detached' });
    await page.getByText('Your picture is changed.').waitFor();
    const second = await addressNow();
    t.equal(await colorAt(second, 0.5), 'green');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Your picture is as it was.').waitFor();
    const again = await addressNow();
    t.notSame([again, again], [first, second], 'an address never comes back');
    t.equal(await colorAt(again, 0.1), 'red', 'the picture does');

    t.comment('removed, and brought back in a later visit from where it is served');
    await page.reload();
    await page.getByRole('heading', { name: 'Your details' }).waitFor();
    await push(page, 'Remove');
    await page.getByText('Your picture is removed.').waitFor();
    t.equal(await addressNow(), 'undefined');
    t.equal((await fetch(again)).status, 404);
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Choose a picture');
    await tabTo(page, 'Undo');
    await page.keyboard.press('Enter');
    await page.getByText('Your picture is as it was.').waitFor();
    t.equal(await colorAt(await addressNow(), 0.1), 'red');

    t.comment('what the service refuses is told in words of the page');
    const tell = async (status: number, code: string, words: string) => {
      await context.route('**/avatar', (route) =>
        route.request().method() === 'PUT'
          ? route.fulfill({
              status,
              headers: { 'access-control-allow-origin': url },
              contentType: 'application/problem+json',
              body: JSON.stringify({ code, status, title: code }),
            })
          : route.fallback(),
      );
      await drop(page, green);
      await page.getByRole('button', { name: 'Use this picture' }).click();
      await page.getByText(words, { exact: false }).waitFor();
      await context.unroute('**/avatar');
    };
    await tell(413, 'PAYLOAD_TOO_LARGE', 'is too large');
    await tell(400, 'PICTURE_INVALID', 'can’t be used');
    await tell(404, 'ROUTE_NOT_FOUND', 'can’t be changed here');
    await findNothing(t, page, 'a refusal');
    await takePictures(page, 'picture-refused');

    const errors = faults.filter((fault) => !/status of 4\d\d /.test(fault));
    t.same(errors, [], 'the console is silent');
  },
);
