import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { exclusively } from '../helper/exclusively.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package as npm would install it, in a folder that has nothing else of this project. */
export async function installClient(t: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-client-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  // Packing builds in place, and test files run side by side.
  const { stdout } = await exclusively('client-package', () =>
    run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'client') }),
  );
  const installed = join(folder, 'node_modules', 'user-profile-client');
  mkdirSync(installed, { recursive: true });
  const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const dependency of ['openapi-fetch', 'openapi-typescript-helpers']) {
    symlinkSync(join(root, 'node_modules', dependency), join(folder, 'node_modules', dependency));
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return folder;
}
