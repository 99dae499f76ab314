import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { holdUntilExit } from '../helper/exclusively.ts';
import { findFreePort } from '../helper/free-port.ts';
import { makeFolder } from '../local-cognito/start-pool.ts';

export type Environment = Record<string, string | undefined>;

export interface Stack {
  child: ChildProcess;
  text: () => string;
  ended: Promise<number | null>;
}

/** Ports and folders of a stack's own. */
export async function describeStack(t: Test): Promise<Environment> {
  // That of the page is Vite's default, which a test changes by the file of settings.
  await holdUntilExit('page-port');
  return {
    PATH: process.env.PATH,
    DEV_DATA_DIR: makeFolder(t),
    DEV_POOL_PORT: String(await findFreePort()),
    DEV_DYNAMODB_PORT: String(await findFreePort()),
    DEV_PICTURES_PORT: String(await findFreePort()),
    PORT: String(await findFreePort()),
    METRICS_PORT: String(await findFreePort()),
  };
}

const main = fileURLToPath(new URL('../../dev/main.ts', import.meta.url));

/** `cwd` is where a `.env` may be. */
export function run(t: Test, env: Environment, cwd = process.cwd()): Stack {
  const loader = new URL('../../tools/typescript.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', loader, main], { env, cwd });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { child, text: () => text, ended };
}

/** Until something has happened; it may take a busy machine minutes. */
export async function waitFor(
  stack: Stack,
  happened: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error(`it did not happen within 3 min: ${stack.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Runs the line that is printed to be pasted, or asks for another path as that line does. */
export async function followCurl(stack: Stack, init: RequestInit = {}, path?: string) {
  const deadline = Date.now() + 180_000;
  let printed: RegExpExecArray | null = null;
  while (!printed) {
    if (Date.now() > deadline) throw new Error(`not ready within 3 min:\n${stack.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    printed = /^curl -i (\S+) -H "Authorization: ([^"]+)"$/m.exec(stack.text());
  }
  const [, url = '', authorization = ''] = printed;
  const headers = { authorization, 'content-type': 'application/merge-patch+json' };
  const response = await fetch(path === undefined ? url : new URL(path, url), { ...init, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
