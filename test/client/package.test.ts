import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import t from 'tap';
import ts from 'typescript';
import { accessToken, makePerson } from '../helper/callers.ts';
import { installPackages } from '../helper/install-packages.ts';
import { startService } from '../helper/start-service.ts';
import { compile, strict } from './compile.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const use = `
const profiles = createProfileClient({ baseUrl: process.env.URL, token: () => process.env.TOKEN });
const wrong = createProfileClient({ baseUrl: process.env.URL, token: () => undefined });
profiles.updateMyProfile({ displayName: 'Ada' })
  .then(({ displayName, version }) => console.log(displayName, version))
  .then(() => wrong.getMyProfile())
  .catch((error) => console.log(error.name, error instanceof NoTokenError));`;

t.test('the packed client runs as an ES module, required, and out of a bundle', async (t) => {
  const service = await startService(t);
  const folder = await installPackages(t, 'client');
  const imports = '{ createProfileClient, NoTokenError }';
  const files = {
    'esm.mjs': `import ${imports} from 'user-profile-client';${use}`,
    'cjs.cjs': `const ${imports} = require('user-profile-client');${use}`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await build({
    entryPoints: [join(folder, 'esm.mjs')],
    outfile: join(folder, 'bundle.mjs'),
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
  });
  for (const name of [...Object.keys(files), 'bundle.mjs']) {
    const TOKEN = accessToken(service, makePerson());
    const env = { PATH: process.env.PATH, URL: service.url, TOKEN };
    const { stdout } = await run(process.execPath, [join(folder, name)], { env });
    t.match(stdout, /^Ada \d\nNoTokenError true\n$/, name);
  }
  const both = `import { ProfileServiceError } from 'user-profile-client';
    import { createRequire } from 'node:module';
    const { hasCode } = createRequire(import.meta.url)('user-profile-client');
    console.log(hasCode(new ProfileServiceError(410, { code: 'PROFILE_ERASED' }), 'PROFILE_ERASED'));`;
  writeFileSync(join(folder, 'both.mjs'), both);
  const { stdout } = await run(process.execPath, [join(folder, 'both.mjs')]);
  t.equal(stdout, 'true\n', 'an error of one copy is known to the other');
});

t.test('every sample of the README compiles as it stands', async (t) => {
  const folder = await installPackages(t, 'client');
  const readme = readFileSync(join(root, 'client/README.md'), 'utf8');
  const samples = [...readme.matchAll(/^( *)```ts\n(.*?)^ *```$/gms)].map(
    ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  t.ok(samples.length >= 5);
  const options = {
    ...strict,
    // What Node brings, for the samples that read the environment.
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    skipLibCheck: true,
    moduleDetection: ts.ModuleDetectionKind.Force,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const files = samples.map((text, index) => [join(folder, `sample-${index}.ts`), text]);
  t.equal(compile(Object.fromEntries(files), options), '');
});
