// What Node runs for each test file (.taprc), which it is given: its bundle, where the run made one
// (test-bundles.mjs), and else the file itself, so that `npx tap FILE` does without.
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import './test-cost.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const typescript = new URL('typescript.mjs', import.meta.url).href;
const { TEST_BUNDLES: folder } = process.env;
delete process.env.TEST_BUNDLES;

// As if Node had been given the test alone; what a test starts as it was started itself is source.
process.argv.splice(1, 1);
process.execArgv.splice(0, Infinity, '--conditions=@user-profile/source', `--import=${typescript}`);

const [, file] = process.argv;
const bundle = folder && `${folder}/${relative(root, file).replace(/\.ts$/, '.js')}`;
if (bundle && existsSync(bundle)) {
  await import(pathToFileURL(bundle).href);
} else {
  await import(typescript);
  await import(pathToFileURL(file).href);
}
