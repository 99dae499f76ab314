import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// dist/ holds ES modules, dist/cjs/ the same for `require` and for compilers that don't read
// `exports`. Each has its own types: one file of types can't be both. dist/command/ is the command.
const root = fileURLToPath(new URL('.', import.meta.url));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const sources = readSources();
const builtFrom = join(root, '.cache/built-from');
// `react/` builds it too, most often right after it was packed.
if (existsSync(join(root, 'dist')) && isBuiltFrom(sources)) process.exit();
rmSync(join(root, 'dist'), { recursive: true, force: true });
rmSync(builtFrom, { force: true });
for (const [config, folder] of [
  ['tsconfig.json', 'dist'],
  ['tsconfig.cjs.json', 'dist/cjs'],
]) {
  execFileSync(process.execPath, [compiler, '-p', config], { cwd: root, stdio: 'inherit' });
  const output = join(root, folder);
  for (const name of readdirSync(output)) {
    if (!name.endsWith('.d.ts')) continue;
    // The compiler rewrites .ts in imports of code alone; older ones don't read it in types.
    const types = readFileSync(join(output, name), 'utf8');
    writeFileSync(join(output, name), types.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
  }
}
execFileSync(process.execPath, [compiler, '-p', 'command'], { cwd: root, stdio: 'inherit' });
const commonjs = { type: 'commonjs', sideEffects: false };
writeFileSync(join(root, 'dist/cjs/package.json'), `${JSON.stringify(commonjs)}\n`);
mkdirSync(join(root, '.cache'), { recursive: true });
writeFileSync(builtFrom, sources);

/** A digest of everything that the build depends on. */
function readSources() {
  const hash = createHash('sha256').update(readFileSync(join(compiler, '../../package.json')));
  for (const folder of ['src', 'command', '.']) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      hash.update(`${folder}/${entry.name}\n`).update(readFileSync(join(root, folder, entry.name)));
    }
  }
  return hash.digest('hex');
}

function isBuiltFrom(digest) {
  return existsSync(builtFrom) && readFileSync(builtFrom, 'utf8') === digest;
}
