import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { isTaken } from '../../dev/ports.ts';
import { findFreePort } from '../helper/free-port.ts';
import { isInstalled } from '../helper/programs.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const steps = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands);
/** The guide's own address of the service; its other ports are moved out of the way. */
const servicePort = 3000;
t.setTimeout(400_000);

async function findHindrance(): Promise<string | false> {
  if (!existsSync(join(root, '.git'))) return 'this is no Git clone';
  if (!isInstalled('curl')) return 'curl is not installed';
  if (await isTaken('127.0.0.1', servicePort)) return `port ${servicePort} is taken`;
  return false;
}

t.test(
  'whoever follows the guide word for word gets to a changed profile',
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
      DEV_POOL_PORT: String(await findFreePort()),
      DEV_DYNAMODB_PORT: String(await findFreePort()),
      DEV_PAGE_PORT: String(await findFreePort()),
      METRICS_PORT: String(await findFreePort()),
    };
    const follow = (commands: string, cwd: string) =>
      run('bash', ['-euo', 'pipefail', '-c', commands], { cwd, env, maxBuffer: 10_000_000 });

    const [getIt = '', startIt = '', ...rest] = steps;
    t.match(getIt, 'git clone REPOSITORY user-profile-service');
    await follow(getIt.replace('REPOSITORY', root), folder);
    const clone = join(folder, 'user-profile-service');
    t.equal(startIt, 'npm run dev\n');
    await startStack(t, startIt, clone, env);
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
  },
);

async function startStack(t: Test, command: string, cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn('bash', ['-c', `exec ${command}`], { cwd, env });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const deadline = Date.now() + 60_000;
  while (!text.includes('\nReady.')) {
    if (Date.now() > deadline) throw new Error(`not ready within 60 s:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
