import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const prefix = '.cache-build-';
/** Enough for a run that is under way while a newer one starts. */
const keptBuilds = 3;

/** Everything the bundle is made of; the lock file stands for the packages. */
const inputs = ['src', 'tools/build.ts', 'tools/build', 'package.json', 'package-lock.json'];

/** Node's flags as the container starts it. A test holds the Dockerfile to `npm start`. */
export const startFlags = readStartFlags();

let build: Promise<string> | undefined;

/**
 * The folder of the built service: what `npm run build` puts into dist/, made of the sources as
 * they are now. It is named after a hash of them, so a stale build can't be taken for a fresh
 * one, and a run that is under way keeps its own.
 */
export function findBuild(): Promise<string> {
  build ??= findOrMake();
  return build;
}

/** A command of the operator's as it is built, for Node to run. */
export async function findCommand(
  name: 'backfill' | 'pictures' | 'reconcile' | 'replay-erasures' | 'schema' | 'table',
) {
  return join(await findBuild(), `cli/${name}.js`);
}

async function findOrMake(): Promise<string> {
  // One level below the root, where the bundle finds the files it serves.
  const folder = join(root, `${prefix}${await hashInputs()}`);
  if (existsSync(folder)) return folder;
  const draft = await mkdtemp(join(root, '.cache-draft-'));
  try {
    await run(
      process.execPath,
      ['--import', './tools/typescript.mjs', 'tools/build.ts', '--folder', draft],
      // tap looks at the coverage of what `before` starts, and would end a run with a table of it.
      { cwd: root, env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' } },
    );
    await removeOldBuilds();
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process of this run was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function hashInputs(): Promise<string> {
  const lists = await Promise.all(inputs.map(listFiles));
  const hash = createHash('sha256');
  for (const file of lists.flat())
    hash.update(`${file}\0`).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function listFiles(path: string): Promise<string[]> {
  if ((await stat(join(root, path))).isFile()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

async function removeOldBuilds(): Promise<void> {
  const names = (await readdir(root)).filter((name) => name.startsWith(prefix));
  const builds = await Promise.all(
    names.map(async (name) => ({ name, madeAt: (await stat(join(root, name))).mtimeMs })),
  );
  builds.sort((a, b) => b.madeAt - a.madeAt);
  for (const { name } of builds.slice(keptBuilds - 1)) {
    await rm(join(root, name), { recursive: true, force: true });
  }
}

function readStartFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, flags] = /^node (.*) ?dist\/server\.js$/.exec(scripts.start) ?? [];
  if (flags === undefined) throw new Error('npm start does not start dist/server.js');
  return flags.split(' ').filter(Boolean);
}
