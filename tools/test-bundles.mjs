// Each test file and what it imports of ours as one file of JavaScript, and tap as another: a test
// that loads them one by one, through a thread of hooks, takes a third of a second of CPU more.
import { readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const prefix = '.cache-tests-';
const require = 'const require = makeRequire(import.meta.url);';

/** Makes the bundles of these files, in a folder of this process's own, which it answers. */
export async function bundleTests(root, files) {
  removeLeftOvers(root);
  const folder = join(root, `${prefix}${process.pid}`);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const esbuild = await import('esbuild');
  const shared = { bundle: true, platform: 'node', format: 'esm', target: 'node20' };
  await Promise.all([
    esbuild.build({
      ...shared,
      entryPoints: [...files, 'test/helper/before.ts'].map((file) => join(root, file)),
      outbase: root,
      outdir: folder,
      conditions: ['@user-profile/source'],
      jsx: 'automatic',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'error',
      plugins: [ours(esbuild, nameTap(folder))],
    }),
    esbuild.build({
      ...shared,
      stdin: { contents: "export * from 'tap'; export { default } from 'tap';", resolveDir: root },
      outfile: nameTap(folder),
      // For the CommonJS in it.
      banner: { js: `import { createRequire as makeRequire } from 'node:module'; ${require}` },
      logLevel: 'error',
    }),
  ]);
  return folder;
}

/** Where tap leaves frames out of the stacks it shows. */
const nameTap = (folder) => join(folder, 'node_modules/@tapjs/tap.mjs');

/** Packages stay outside; our modules keep the addresses they have. */
function ours({ transform }, tap) {
  const isAsked = Symbol('asked');
  const setup = (build) => {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...asked }) => {
      if (pluginData === isAsked || asked.kind === 'entry-point') return undefined;
      if (path === 'tap') return { path: pathToFileURL(tap).href, external: true };
      if (path.startsWith('node:')) return { path, external: true };
      const { importer, kind, resolveDir } = asked;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: isAsked });
      const isPackage = found.errors.length > 0 || found.path.includes('node_modules');
      return isPackage ? { path, external: true } : found;
    });
    build.onLoad({ filter: /\.([cm]?js|tsx?)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const loader = extname(path).replace(/^\.[cm]?/, '');
      const define = { 'import.meta.url': JSON.stringify(pathToFileURL(path).href) };
      const options = { loader, define, sourcefile: path, sourcemap: 'inline', jsx: 'automatic' };
      const { code } = await transform(source, options);
      return { contents: code, loader: 'js' };
    });
  };
  return { name: 'ours', setup };
}

/** Of runs that were killed. */
function removeLeftOvers(root) {
  for (const name of readdirSync(root)) {
    const [, pid] = name.startsWith(prefix) ? name.split(prefix) : [];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
