import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { installPackages } from '../helper/install-packages.ts';
import { noBrowser, startBrowser } from './browser.ts';
import { signIn } from './sign-in.ts';
import { startAccountPage } from './start-account-page.ts';

const run = promisify(execFile);

/** What every page of these begins with; `session` of it takes further options. */
const begin = (options = '') => `
import { createRoot, hydrateRoot } from 'react-dom/client';
import { createProfileClient } from 'user-profile-client';
import {
  AccountPage, createAuthStore, createOidcSession, de, en, pagePreferences, ProfileProvider,
} from 'user-profile-react';
import { settings } from './settings.ts';

const { serviceUrl, issuer, clientId } = settings;
const session = createOidcSession({ issuer, clientId, ${options} });
const profiles = createProfileClient({ baseUrl: serviceUrl, token: session.token });
const store = createAuthStore({ session, profiles });
const root = document.getElementById('root');
`;

t.test(
  'a page that renders again with the same, newly made, starts once',
  { skip: noBrowser },
  async (t) => {
    const { url } = await startAccountPage(t, {
      main: `${begin()}
const reactRoot = createRoot(root);
window.renderAgain = () => reactRoot.render(
  <ProfileProvider store={store} texts={{ en: { ...en }, de: { ...de } }}>
    <AccountPage preferences={[...pagePreferences]} />
  </ProfileProvider>,
);
window.renderAgain();`,
    });
    const { page, requests, faults } = await startBrowser(t);
    await page.goto(url);
    await signIn(page);
    const count = requests.length;
    await page.getByLabel('Display name').fill('Ada');
    for (let round = 0; round < 5; round++) {
      await page.evaluate('renderAgain()');
      await page.waitForTimeout(50);
    }
    t.same(requests.slice(count), []);
    t.equal(await page.getByLabel('Display name').inputValue(), 'Ada');
    t.same(faults, []);
  },
);

t.test(
  'a redirectUri without a slash at its end finishes the sign-in',
  { skip: noBrowser },
  async (t) => {
    const { url } = await startAccountPage(t, {
      main: `${begin('redirectUri: window.location.origin')}
createRoot(root).render(<ProfileProvider store={store}><AccountPage /></ProfileProvider>);`,
    });
    const { page } = await startBrowser(t);
    await page.goto(url);
    await signIn(page);
    t.equal(page.url(), `${url}/`);
  },
);

t.test(
  'a page that a server rendered goes on in the language of the browser',
  { skip: noBrowser },
  async (t) => {
    const folder = await installPackages(t, 'client', 'react');
    writeFileSync(join(folder, 'server.mjs'), server);
    const { stdout } = await run(process.execPath, [join(folder, 'server.mjs')]);
    const { url } = await startAccountPage(t, {
      rendered: stdout.trim(),
      main: `${begin()}
hydrateRoot(root, <ProfileProvider store={store}><AccountPage /></ProfileProvider>);`,
    });
    const { page, faults } = await startBrowser(t, { locale: 'de-DE' });
    await page.goto(url);
    await page.getByRole('button', { name: 'Anmelden oder Konto anlegen' }).waitFor();
    t.same(faults, []);
  },
);

const server = `
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createProfileClient } from 'user-profile-client';
import { AccountPage, createAuthStore, createOidcSession, ProfileProvider } from 'user-profile-react';

const session = createOidcSession({ issuer: 'https://issuer.example', clientId: 'a-client' });
const profiles = createProfileClient({ baseUrl: 'https://x.example', token: session.token });
const store = createAuthStore({ session, profiles });
console.log(renderToString(createElement(ProfileProvider, { store }, createElement(AccountPage))));
`;
