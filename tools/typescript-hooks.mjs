import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = new URL('../node_modules/.cache/typescript/', import.meta.url);
/** A cache of other settings or another esbuild must not be read. */
const settings = { format: 'esm', target: 'node20', jsx: 'automatic', sourcemap: 'inline' };
const { version } = JSON.parse(
  await readFile(new URL('../node_modules/esbuild/package.json', import.meta.url), 'utf8'),
);

/** A hook of Node's: https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !/\.tsx?$/.test(pathname)) return nextLoad(url, context);
  const source = await readFile(new URL(pathname, 'file:'), 'utf8');
  return { format: 'module', shortCircuit: true, source: await transform(pathname, source) };
}

async function transform(pathname, source) {
  const made = JSON.stringify([version, settings, pathname, source]);
  const name = createHash('sha256').update(made).digest('hex');
  const cached = new URL(`${name}.js`, cache);
  try {
    return await readFile(cached, 'utf8');
  } catch {
    const esbuild = await import('esbuild');
    const sourcefile = fileURLToPath(new URL(pathname, 'file:'));
    const loader = extname(pathname).slice(1);
    const { code } = await esbuild.transform(source, { ...settings, sourcefile, loader });
    await keep(cached, code);
    return code;
  }
}

async function keep(cached, code) {
  try {
    await mkdir(cache, { recursive: true });
    // Another process may be reading it.
    const draft = new URL(`${cached.href}.${process.pid}`);
    await writeFile(draft, code);
    await rename(draft, cached);
  } catch {
    // Somebody else's folder: it is transformed again the next time.
  }
}
