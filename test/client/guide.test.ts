import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { isTaken } from '../../dev/ports.ts';
import { noBrowser, startBrowser } from '../account-page/browser.ts';
import { signIn } from '../account-page/sign-in.ts';
import { holdUntilExit } from '../helper/exclusively.ts';
import { findFreePort } from '../helper/free-port.ts';
import { linkPackages } from '../helper/link-packages.ts';
import { isInstalled } from '../helper/programs.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const pictures = process.env.ACCOUNT_PAGE_PICTURES;
/** `npm ci` has just been run: `npm run test:long` has the guide run it once more. */
const installs = process.env.GUIDE_INSTALLS === '1';
const steps = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands);
/** The guide's own ports, of the service, the pool and the page; the others are moved away. */
const servicePort = 3000;
const pagePort = 5174;
const guidePorts = [servicePort, 9229, pagePort];
t.setTimeout(900_000);

// The guides name ports, and test files run side by side.
await holdUntilExit('guide-ports');

async function findHindrance(): Promise<string | false> {
  if (!existsSync(join(root, '.git'))) return 'this is no Git clone';
  if (!isInstalled('curl')) return 'curl is not installed';
  for (const port of guidePorts) {
    if (await isTaken('127.0.0.1', port)) return `port ${port} is taken`;
  }
  return false;
}

t.test(
  'the guide, followed word for word, leads to a changed profile and a page that signs in',
  {
    skip: await findHindrance(),
  },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'guide-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      DEV_DYNAMODB_PORT: String(await findFreePort()),
      DEV_PAGE_PORT: String(await findFreePort()),
      METRICS_PORT: String(await findFreePort()),
    };
    const follow = (commands: string, cwd: string) =>
      run('bash', ['-euo', 'pipefail', '-c', commands], { cwd, env, maxBuffer: 10_000_000 });

    const [getIt = '', startIt = '', ...rest] = steps;
    const serveIt = rest.pop() ?? '';
    t.match(getIt, 'git clone REPOSITORY user-profile-service');
    t.match(getIt, /\nnpm ci\n$/);
    const clone = join(folder, 'user-profile-service');
    const getAll = getIt.replace('REPOSITORY', root);
    await follow(installs ? getAll : getAll.replace(/npm ci\n$/, ''), folder);
    if (!installs) linkPackages(root, clone);
    t.equal(startIt, 'npm run dev\n');
    await startServer(t, startIt, clone, env, '\nReady.');
    // A terminal keeps its folder and its variables from one step to the next.
    const { stdout } = await follow(rest.join('\n'), clone);

    const hellos = [...stdout.matchAll(/Hello (.+), visit (\d), version (\d)/g)];
    t.same(
      hellos.map(([, name, visit]) => [name, visit]),
      [
        ['Ada Lovelace', '1'],
        ['Ada Lovelace', '2'],
      ],
    );
    const [first, second] = hellos.map(([, , , version]) => Number(version));
    t.equal(second, Number(first) + 1);
    const token = (await follow('npm run -s token -- --user ada', clone)).stdout.trim();
    const answer = await fetch(`http://127.0.0.1:${servicePort}/v1/profiles/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    t.match(await answer.json(), { preferences: { visits: 2 }, version: second });
    const page = await fetch(`http://127.0.0.1:${env.DEV_PAGE_PORT}/`);
    t.match(await page.text(), '<title>Your account</title>');

    t.match(serveIt, /^npx vite /);
    await startServer(t, serveIt, join(folder, 'my-page'), env, 'Local:');
    await t.test('the page of one’s own signs in and writes', { skip: noBrowser }, async (t) => {
      const { context, faults } = await startBrowser(t);
      const page = context.pages()[0] ?? (await context.newPage());
      // Vite prepares the packages at the first request.
      context.setDefaultTimeout(120_000);
      await page.goto(`http://127.0.0.1:${pagePort}`);
      await page.getByText('Hello, stranger').waitFor();
      await signIn(page);
      await page.getByText('Hello Ada Lovelace. Waves: 0').waitFor();
      await page.getByRole('button', { name: 'Wave' }).click();
      await page.getByText('Hello Ada Lovelace. Waves: 1').waitFor();
      await page.reload();
      await page.getByText('Hello Ada Lovelace. Waves: 1').waitFor();
      t.pass('and the service kept it');
      if (pictures) await page.screenshot({ path: join(pictures, 'guide.png'), fullPage: true });
      // Pages without an icon of their own are asked for one all the same.
      t.same(
        faults.filter((fault) => !fault.includes('404')),
        [],
        'the console is silent',
      );
    });
  },
);

/** Starts what a step leaves running, and waits until it says so. */
async function startServer(
  t: Test,
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  sign: string,
): Promise<void> {
  // A group of its own, as in a terminal: npx doesn't hand a signal on to what it runs.
  const child = spawn('bash', ['-c', command], { cwd, env, detached: true });
  const ended = once(child, 'close');
  t.teardown(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const deadline = Date.now() + 400_000;
  while (!text.includes(sign)) {
    if (Date.now() > deadline) throw new Error(`"${command}" is not ready after 400 s:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
