// TypeScript as JavaScript, kept from run to run under a hash of what made it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const cache = new URL('../node_modules/.cache/typescript/', import.meta.url);
/** A cache of other settings or another esbuild must not be read. */
const settings = { format: 'esm', target: 'node20', jsx: 'automatic', sourcemap: 'inline' };
const { version } = JSON.parse(
  await readFile(new URL('../node_modules/esbuild/package.json', import.meta.url), 'utf8'),
);

export const isTypeScript = (path) => /(?<!\.d)\.tsx?$/.test(path);

/** The JavaScript of the file at this path of a `file:` URL. */
export async function readAsJavaScript(pathname) {
  const source = await readFile(new URL(pathname, 'file:'), 'utf8');
  const kept = nameKept(pathname, source);
  try {
    return await readFile(kept, 'utf8');
  } catch {
    return transform(pathname, source, kept);
  }
}

/**
 * Transforms what is not kept yet of these folders, before many processes want the same files at
 * once, and each starts an esbuild for every one of them.
 */
export async function transformAll(root, folders) {
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !isTypeScript(path) || path.includes('node_modules')) continue;
      const { pathname } = pathToFileURL(path);
      const source = await readFile(path, 'utf8');
      const kept = nameKept(pathname, source);
      if (!existsSync(kept)) await transform(pathname, source, kept);
    }
  }
}

function nameKept(pathname, source) {
  const made = JSON.stringify([version, settings, pathname, source]);
  return new URL(`${createHash('sha256').update(made).digest('hex')}.js`, cache);
}

async function transform(pathname, source, kept) {
  const esbuild = await import('esbuild');
  const sourcefile = fileURLToPath(new URL(pathname, 'file:'));
  const loader = extname(pathname).slice(1);
  // The synchronous one keeps no esbuild running beside each process that loads a file or two.
  const { code } = esbuild.transformSync(source, { ...settings, sourcefile, loader });
  try {
    await mkdir(cache, { recursive: true });
    // Another process may be reading it.
    const draft = new URL(`${kept.href}.${process.pid}`);
    await writeFile(draft, code);
    await rename(draft, kept);
  } catch {
    // Somebody else's folder: it is transformed again the next time.
  }
  return code;
}
