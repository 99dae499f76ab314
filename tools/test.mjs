// Runs a tier of the tests with tap. Plain JavaScript without a shell, so that it starts at once and
// does the same on every system.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, watch } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { campaigns, slow } from '../test/tiers.mjs';
import { bundleTests } from './test-bundles.mjs';
import { transformAll } from './typescript-cache.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = createRequire(import.meta.url).resolve('tap/package.json');
const tap = join(dirname(manifest), 'dist/esm/run.mjs');
/** What a watched run looks at, beside the tests. */
const sources = ['src', 'client/src', 'react/src', 'local-cognito', 'dev', 'infra', 'docker'];

/** What processes that tests start load from source. */
const loaded = ['test', 'src', 'local-cognito', 'dev', 'tools', 'bench', 'client', 'react/src'];

const help = `npm test -- [options] [files, or parts of their names]

  --tier=<tier>               fast, what people run (npm test); all, what CI runs (npm run test:all);
                              long, the campaigns (npm run test:long)
  --watch                     run the tier, then again after each change (npm run test:watch)
  --test-env=<name>=<value>   set a variable for the tests, such as a campaign's count (may be repeated)
  --bail, --grep=<pattern>, --jobs=<n>, --reporter=<name>, --timeout=<seconds>
                              as tap has them
  -h, --help                  this
`;

const { values: given, positionals: parts } = readArguments();
if (given.help) {
  process.stdout.write(help);
  process.exit();
}
/** What tap is told of it. */
const options = Object.entries(given).flatMap(([name, value]) => {
  if (name === 'tier' || name === 'watch') return [];
  return [value].flat().map((each) => (each === true ? `--${name}` : `--${name}=${each}`));
});
const { tier } = given;
// `npm cit` runs the script `test` too, and promises all of them.
const files = findFiles(tier ?? (process.env.npm_command === 'install-ci-test' ? 'all' : 'fast'));

if (given.watch) watchTests();
else process.exitCode = await run(files);

function readArguments() {
  const [flag, text] = [{ type: 'boolean' }, { type: 'string' }];
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        tier: text,
        watch: flag,
        'test-env': { type: 'string', multiple: true },
        bail: flag,
        grep: text,
        jobs: text,
        reporter: text,
        timeout: text,
      },
    });
  } catch (error) {
    return refuse(error.message);
  }
}

/** A sentence, not a stack. */
function refuse(why) {
  console.error(why);
  process.exit(2);
}

/** The files of a tier, or of all of them where parts of names are given. */
function findFiles(name) {
  const all = readdirSync(join(root, 'test'), { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts'));
  const left = Object.values(slow).flat();
  const isNamed = (file, entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry);
  const stale = left.filter((entry) => !all.some((file) => isNamed(file, entry)));
  if (stale.length > 0) throw new Error(`test/tiers.mjs names what isn't there: ${stale}`);
  const tiers = {
    fast: all.filter((file) => !left.some((entry) => isNamed(file, entry))),
    all,
    long: campaigns.map(({ file }) => file),
  };
  const found = parts.length > 0 && name !== 'long' ? all : tiers[name];
  if (found === undefined) refuse(`No tier is called ${name}: ${Object.keys(tiers).join(', ')}`);
  const chosen = found
    .map((file) => `test/${file}`)
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  if (chosen.length === 0) refuse(`No test file has ${parts.join(' or ')} in its name`);
  return chosen.sort();
}

async function run(chosen) {
  // tap makes itself anew where its plugins changed, and would say so in the middle of a run.
  if (!isTapBuilt()) await start(['build']);
  await transformAll(root, loaded);
  const bundles = await bundleTests(root, chosen);
  const counts = tier === 'long' ? campaigns.flatMap(({ counts }) => Object.entries(counts)) : [];
  // tap would write TAP: thousands of lines, in which nobody finds what failed.
  const report = process.stdout.isTTY ? [] : ['--reporter=./tools/test-report.mjs'];
  // Many files wait for most of their time: for a table that hangs, a load balancer, a drain.
  const jobs = `--jobs=${2 * availableParallelism() + 1}`;
  const long = tier === 'long' ? ['--jobs=1', '--timeout=7200'] : [jobs];
  const words = [
    ...counts.map(([name, value]) => `--test-env=${name}=${value}`),
    ...long,
    ...report,
    ...options,
    ...chosen,
  ];
  return start(words, { TEST_BUNDLES: bundles });
}

/** Whether tap is without the plugins that `.taprc` leaves out. */
function isTapBuilt() {
  const built = readFileSync(createRequire(manifest).resolve('@tapjs/test/test-built'), 'utf8');
  const settings = readFileSync(join(root, '.taprc'), 'utf8');
  const leftOut = [...settings.matchAll(/"!(@tapjs\/[\w-]+)"/g)];
  return leftOut.every(([, name]) => !built.includes(`require("${name}")`));
}

function start(words, settings) {
  const env = {
    ...process.env,
    ...settings,
    // Into a log goes what each file cost (test-cost.mjs).
    ...(process.stdout.isTTY ? {} : { TEST_COST: '1' }),
    // tap would end a run with a table of what `before` covered.
    _TAPJS_PROCESSINFO_COVERAGE_: '0',
  };
  const child = spawn(process.execPath, [tap, ...words], { cwd: root, env, stdio: 'inherit' });
  // Who ends this process alone ends the run; Ctrl-C reaches tap by itself.
  const end = () => child.kill();
  process.once('SIGTERM', end);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      process.off('SIGTERM', end);
      resolve(code ?? 1);
    }),
  );
}

/** Runs the tier once, then after each change: the test files that changed, or all of the tier. */
function watchTests() {
  let changed = new Set(files);
  let isRunning = false;
  const next = async () => {
    if (isRunning || changed.size === 0) return;
    const tests = [...changed].filter((file) => files.includes(file));
    const isTestOnly = tests.length === changed.size;
    changed = new Set();
    isRunning = true;
    await run(isTestOnly ? tests : files);
    isRunning = false;
    console.log('\nWaiting for changes (Ctrl-C ends).');
    void next();
  };
  let timer;
  for (const folder of ['test', ...sources]) {
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (!name || /(^|[\\/])(\.|node_modules|dist)/.test(name)) return;
      changed.add(`${folder}/${name.replaceAll('\\', '/')}`);
      // An editor writes a file in several steps.
      clearTimeout(timer);
      timer = setTimeout(next, 200);
    });
  }
  void next();
}
