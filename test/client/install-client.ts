import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { exclusively } from '../helper/exclusively.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const client = join(root, 'client');
const cache = join(root, 'node_modules/.cache/test-client');

/** The package as npm would install it, in a folder that has nothing else of this project. */
export async function installClient(t: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-client-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const packed = await exclusively('client-package', findPackage);
  const installed = join(folder, 'node_modules', 'user-profile-client');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', packed, '--strip-components=1', '-C', installed]);
  for (const dependency of ['openapi-fetch', 'openapi-typescript-helpers']) {
    symlinkSync(join(root, 'node_modules', dependency), join(folder, 'node_modules', dependency));
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return folder;
}

/** What `npm pack` makes of the sources as they are now: it builds in place, so once for a run. */
async function findPackage(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['src', 'command', '.']) {
    for (const entry of readdirSync(join(client, folder), { withFileTypes: true })) {
      if (entry.isFile()) hash.update(readFileSync(join(client, folder, entry.name)));
    }
  }
  const kept = join(cache, hash.digest('hex').slice(0, 16));
  const name = 'client.tgz';
  if (existsSync(join(kept, name))) return join(kept, name);
  mkdirSync(kept, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', kept], {
    cwd: client,
  });
  renameSync(join(kept, stdout.trim().split('\n').at(-1) ?? ''), join(kept, name));
  return join(kept, name);
}
