import t, { type Test } from 'tap';
import { noBrowser } from './browser.ts';
import { createServiceCaller } from './service-caller.ts';
import { openSignedIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

t.test('edits on the account page', { skip: noBrowser }, async (t) => {
  const started = await startAccountPage(t);
  const asService = createServiceCaller(started);
  const open = async (t: Test) => (await openSignedIn(t, started.url)).page;

  t.test('what was said of a save goes when another edit begins', async (t) => {
    const page = await open(t);
    await page.getByLabel('Given name').fill('Augusta');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByLabel('Given name').fill('Ada');
    t.equal(await page.getByText('Saved.').count(), 0);
  });

  t.test('a tab with an edit is not closed without a question', async (t) => {
    const page = await open(t);
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await page.getByLabel('Given name').fill('Not saved');
    const asking = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    await asking;
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.reload();
    await page.getByLabel('Given name').fill('Given up');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
    await page.close({ runBeforeUnload: true });
    t.same(asked, ['beforeunload'], 'and not where there is nothing to lose');
  });

  t.test('a choice holds against the value that was shown, and no later one', async (t) => {
    const page = await open(t);
    const names = page.locator('dialog strong');
    const choose = page.getByRole('button', { name: 'Save my choice' });
    await page.getByLabel('Display name').fill('Mine');
    await asService('PATCH', { displayName: 'Second' });
    const refreshed = page.waitForResponse('**/v1/profiles/me');
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await refreshed;
    await asService('PATCH', { displayName: 'Third' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await names.getByText('Second').waitFor();
    await choose.click();
    await names.getByText('Third').waitFor();
    t.match((await asService('GET')).body, { displayName: 'Third' }, 'not overwritten unseen');
    await choose.click();
    await page.getByText('Saved.').waitFor();
    t.match((await asService('GET')).body, { displayName: 'Mine' });
  });
});
