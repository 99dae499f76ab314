import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import t from 'tap';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const check = fileURLToPath(new URL('tools/node-version.cjs', root));

const scriptsOf = (folder: string) =>
  (JSON.parse(read(`${folder}package.json`)) as { scripts?: Record<string, string> }).scripts ?? {};

/** What cmd.exe, which npm runs scripts with on Windows, does not know. */
const foreign: [RegExp, string][] = [
  [/(^|&& *)exec /, 'exec'],
  [/(^|&& *)[A-Z_]+=/, 'a variable before a command'],
  [/'/, 'single quotes'],
  [/\$\w|\$\{|\$\(|`/, 'variables and substitution of sh'],
  [/\/dev\//, '/dev/null'],
  [/;|(^|(?<!--import) )(rm|cp|mv|mkdir|cat|sh|bash|\.\/\S+) /, 'commands of Unix'],
];

t.test('the commands work in the default shell of Windows', async (t) => {
  const folders = ['', 'client/', 'react/', 'local-cognito/', 'examples/account-page/'];
  for (const folder of folders) {
    for (const [name, command] of Object.entries(scriptsOf(folder))) {
      for (const [pattern, what] of foreign) {
        t.notMatch(command, pattern, `${folder}${name}: no ${what}`);
      }
    }
  }
});

t.test('a Node that is too old is told in one sentence, before anything else runs', async (t) => {
  const scripts = scriptsOf('');
  for (const name of ['dev', 'token', 'build', 'test']) {
    t.match(scripts[`pre${name}`], /^node tools\/node-version\.cjs( &&|$)/);
  }
  await t.resolves(transform(read('tools/node-version.cjs'), { target: 'es5' }), 'plain ES5');

  const on = (version: string) =>
    run(process.execPath, [
      '-e',
      `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require(${JSON.stringify(check)})`,
    ]).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code: Number(code), said: stdout + stderr }),
    );
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.21.0', '100.0.0']) {
    t.same(await on(version), { code: 0, said: '' }, version);
  }
  for (const version of ['0.12.18', '8.17.0', '18.20.8', '20.9.0', '20.18.3']) {
    const { code, said } = await on(version);
    t.equal(code, 1, version);
    t.match(said, /^This needs Node 20\.19 or later and runs on [\d.]+: install .+\n$/);
  }
});
