import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startService } from '../helper/start-service.ts';
import { noBrowser, startBrowser } from './browser.ts';

const contract = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
const operations = Object.values<Record<string, { summary: string }>>(contract.paths).flatMap(
  (path) => Object.values(path),
);
const pictures = process.env.ACCOUNT_PAGE_PICTURES;
t.test(
  'T25 the reference shows every operation, asks nobody else, and tries one with a token',
  {
    skip: noBrowser,
  },
  async (t) => {
    const service = await startService(t);
    const person = makePerson();
    const { page, requests, faults } = await startBrowser(t);
    const answer = await page.goto(service.url);
    t.equal(page.url(), `${service.url}/docs`, 'the root leads here');
    const policy = answer?.headers()['content-security-policy'] ?? '';
    t.match(policy, /script-src 'self' 'sha256-[\w+/]+=*';/, 'and runs no script but its own');
    await page.getByText('Read my profile').first().waitFor();
    const shown = page.getByText(new RegExp(`^v?${contract.info.version.replaceAll('.', '\\.')}$`));
    // The page renders piece by piece: what is already there says nothing of the rest.
    await shown.first().waitFor({ state: 'attached' });
    t.equal(await page.getByText('needs JavaScript').count(), 0);
    for (const { summary } of operations) {
      await page.getByText(summary, { exact: true }).first().waitFor({ state: 'attached' });
      t.pass(summary);
    }

    await page.getByPlaceholder('Token').first().fill(accessToken(service, person));
    await page.getByText('Read my profile').first().click();
    await page.getByText('curl', { exact: true }).first().waitFor();
    const sample = page.getByText(`curl '${service.url}/v1/profiles/me'`, { exact: false });
    t.ok((await sample.count()) > 0, 'samples ask this service');
    if (pictures) await page.screenshot({ path: join(pictures, 'reference.png') });
    const tryIt = page.getByRole('button', { name: 'Test Request' }).first();
    await tryIt.click();
    await page.getByRole('button', { name: 'Send' }).first().click();
    await page.getByText(person.sub).first().waitFor();
    if (pictures) await page.screenshot({ path: join(pictures, 'reference-answer.png') });

    const elsewhere = requests.filter(
      (url) => !/^(data|blob):/.test(url) && !url.startsWith(service.url),
    );
    t.same(elsewhere, [], 'nothing leaves the machine');
    t.same(faults, [], 'its content security policy lets it work, and the console is silent');
  },
);
