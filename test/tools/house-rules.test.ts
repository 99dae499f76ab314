import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
// @ts-expect-error The rules are plain JavaScript.
import rules from '../../.dependency-cruiser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** For each rule, a file that breaks it and what that imports. */
const breaches: Record<string, readonly [file: string, imported: string]> = {
  'no-circular': ['src/json/one.ts', './other.ts'],
  'no-unresolvable': ['src/json/value.ts', './nowhere.ts'],
  'json-knows-nothing': ['src/json/text.ts', '../schema/field.ts'],
  'concurrency-knows-nothing': ['src/concurrency/limit.ts', '../refusal.ts'],
  schema: ['src/schema/compile.ts', '../concurrency/pace.ts'],
  domain: ['src/profiles/writes.ts', '../dynamodb/item.ts'],
  'domain-packages': ['src/profiles/reads.ts', 'fastify'],
  access: ['src/access/table.ts', '../http/answers.ts'],
  identity: ['src/identity/claims.ts', '../access/permissions.ts'],
  aws: ['src/aws/credentials.ts', '../profiles/record.ts'],
  dynamodb: ['src/dynamodb/store.ts', '../http/answers.ts'],
  'dynamodb-packages': ['src/backfill/page.ts', '@aws-sdk/client-dynamodb'],
  telemetry: ['src/telemetry/metrics.ts', '../identity/caller.ts'],
  http: ['src/http/route.ts', '../dynamodb/item.ts'],
  backfill: ['src/backfill/walk.ts', '../dynamodb/item.ts'],
  pictures: ['src/pictures/store.ts', '../http/answers.ts'],
  reconcile: ['src/reconcile/walk.ts', '../http/answers.ts'],
  'commands-alone': ['src/true-time.ts', './cli/backfill/run.ts'],
  'entry-points': ['src/cli/table.ts', './backfill.ts'],
  'composition-root': ['src/files.ts', './config.ts'],
  'service-alone': ['src/clock.ts', '../react/src/form.ts'],
  'pool-alone': ['local-cognito/pool.ts', '../src/refusal.ts'],
  'client-alone': ['client/src/client.ts', '../../react/src/form.ts'],
  'react-alone': ['react/src/page.ts', '../../src/refusal.ts'],
  'no-dev-dependencies': ['src/app.ts', 'express'],
};
/** What they import. */
const imported = Object.fromEntries(
  [
    'src/json/other.ts',
    'src/access/permissions.ts',
    'src/cli/backfill.ts',
    'src/cli/backfill/run.ts',
    'src/concurrency/pace.ts',
    'src/config.ts',
    'src/dynamodb/item.ts',
    'src/http/answers.ts',
    'src/identity/caller.ts',
    'src/profiles/record.ts',
    'src/refusal.ts',
    'src/schema/field.ts',
    'client/command/main.ts',
    'dev/main.ts',
    'local-cognito/people.ts',
    'client/src/problem.ts',
    'react/src/form.ts',
  ].map((file) => [file, 'export {};']),
);
const packages = ['@aws-sdk/client-dynamodb', 'express', 'fastify'];

interface Breach {
  readonly from: string;
  readonly rule: { readonly name: string; readonly severity: string };
}

t.test('what each rule of the imports forbids fails the check, by its name', async (t) => {
  const folder = await makeProject(t);
  await write(folder, imported);
  t.strictSame(await cruise(folder), [], 'what they import is no breach by itself');
  for (const [file, specifier] of Object.values(breaches)) {
    await write(folder, { [file]: `import '${specifier}';\n` });
  }
  // A circle takes a way back.
  await write(folder, { 'src/json/other.ts': "import './one.ts';\n" });
  const found = await cruise(folder);
  const names: string[] = rules.forbidden.map(({ name }: { name: string }) => name);
  t.strictSame(Object.keys(breaches).sort(), names.sort(), 'every rule has its breach');
  for (const [name, [file]] of Object.entries(breaches)) {
    const own = found.find(({ from, rule }) => from === file && rule.name === name);
    t.equal(own?.rule.severity, 'error', name);
  }
});

t.test('what nothing uses fails the check', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'house-rules-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const file of await listCode()) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  t.strictSame(await findUnused(folder), [], 'as it is, everything is used');

  const clock = await readFile(join(folder, 'src/clock.ts'), 'utf8');
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  manifest.dependencies['left-over'] = '1.0.0';
  await write(folder, {
    'src/clock.ts': `${clock}\nexport const leftOver = 1;\n`,
    'src/left-over.ts': 'export const used = 1;\n',
    'package.json': JSON.stringify(manifest),
  });
  t.strictSame(await findUnused(folder), [
    'dependencies left-over in package.json',
    'exports leftOver in src/clock.ts',
    'files src/left-over.ts in src/left-over.ts',
  ]);
});

/** What knip reads of the repository as it lies here, committed or not. */
async function listCode(): Promise<string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: root });
  const files = stdout.split('\n').filter((name) => /\.(mjs|cjs|tsx?|json)$/.test(name));
  return files.filter((name) => existsSync(join(root, name)));
}

/** A folder with the packages and the settings that the check reads, and no code. */
async function makeProject(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'house-rules-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of packages) {
    const manifest = { name, version: '1.0.0', main: 'index.js' };
    await write(folder, {
      [`node_modules/${name}/package.json`]: JSON.stringify(manifest),
      [`node_modules/${name}/index.js`]: '',
    });
  }
  return folder;
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

/** Runs the cruise of `npm run check`, over the same folders. */
async function cruise(folder: string): Promise<Breach[]> {
  const [, folders = ''] = /\bdepcruise (.*?) --config/.exec(scripts.check) ?? [];
  const config = join(root, '.dependency-cruiser.mjs');
  const args = [...folders.split(' '), '--config', config, '--output-type', 'json'];
  return JSON.parse(await run('depcruise', args, folder)).summary.violations;
}

async function findUnused(folder: string): Promise<string[]> {
  const { issues } = JSON.parse(await run('knip', ['--reporter', 'json'], folder));
  return (issues as Record<string, unknown>[])
    .flatMap(({ file, ...kinds }) =>
      Object.entries(kinds).flatMap(([kind, found]) =>
        (Array.isArray(found) ? found.flat() : []).map(
          ({ name }: { name: string }) => `${kind} ${name} in ${file}`,
        ),
      ),
    )
    .sort();
}

/** What a program of the packages prints, whatever its exit code: that counts what it found. */
function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const bin = join(root, 'node_modules/.bin', program);
  const options = { cwd, maxBuffer: 1 << 26, timeout: 300_000 };
  return new Promise((resolve, reject) => {
    execFile(bin, [...args], options, (error, stdout, stderr) =>
      stdout === '' ? reject(error ?? new Error(stderr)) : resolve(stdout),
    );
  });
}
