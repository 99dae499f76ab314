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
import { exclusively } from './exclusively.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/test-packages');

/** What is packed by folder: the sources its build reads, and what npm installs beside it. */
const packages = {
  client: {
    sources: ['client/src', 'client/command'],
    dependencies: ['openapi-fetch', 'openapi-typescript-helpers'],
  },
  react: {
    sources: ['client/src', 'react/src'],
    dependencies: ['oidc-client-ts', 'jwt-decode', 'react', 'react-dom', '@types'],
  },
} as const;
type Name = keyof typeof packages;

/** Packages as npm would install them, in a folder that has nothing else of this project. */
export async function installPackages(t: Test, ...names: Name[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-packages-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) {
    // The build of the components builds the client too, in place.
    const packed = await exclusively('client-package', () => findPackage(name));
    const installed = join(folder, 'node_modules', `user-profile-${name}`);
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', packed, '--strip-components=1', '-C', installed]);
    for (const dependency of packages[name].dependencies) {
      symlinkSync(join(root, 'node_modules', dependency), join(folder, 'node_modules', dependency));
    }
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return folder;
}

/** What `npm pack` makes of the sources as they are now: it builds in place, so once for a run. */
async function findPackage(name: Name): Promise<string> {
  const hash = createHash('sha256');
  const files = [
    ...listFiles(name, false),
    ...packages[name].sources.flatMap((folder) => listFiles(folder, true)),
  ];
  for (const file of files) hash.update(readFileSync(file));
  const kept = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}`);
  const packed = join(kept, 'package.tgz');
  if (existsSync(packed)) return packed;
  mkdirSync(kept, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', kept], {
    cwd: join(root, name),
  });
  renameSync(join(kept, stdout.trim().split('\n').at(-1) ?? ''), packed);
  return packed;
}

function listFiles(folder: string, recursive: boolean): string[] {
  return readdirSync(join(root, folder), { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
