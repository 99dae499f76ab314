import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { isTaken } from '../../dev/ports.ts';
import type { JsonObject } from '../../src/json/json-value.ts';
import { holdUntilExit } from '../helper/exclusively.ts';
import { findFreePort } from '../helper/free-port.ts';
import { linkPackages } from '../helper/link-packages.ts';
import { isInstalled } from '../helper/programs.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/fields.md'), 'utf8');
const [startIt = '', ...steps] = blocks('sh');
const [addition = '{}'] = blocks('json');
const ports = [3000, 9229];

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, text = '']) => text,
  );
}

// The guides name ports, and test files run side by side.
await holdUntilExit('guide-ports');

async function findHindrance(): Promise<string | false> {
  if (!existsSync(join(root, '.git'))) return 'this is no Git clone';
  for (const program of ['curl', 'bash', 'git']) {
    if (!isInstalled(program)) return `${program} is not installed`;
  }
  for (const port of ports) if (await isTaken('127.0.0.1', port)) return `port ${port} is taken`;
  return false;
}

t.test('docs/fields.md, followed word for word', { skip: await findHindrance() }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fields-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const clone = join(folder, 'clone');
  await run('git', ['clone', '-q', root, clone]);
  // As the working tree has them, and with its packages.
  for (const file of ['profile.schema.json', 'openapi.yaml']) {
    writeFileSync(join(clone, file), readFileSync(join(root, file)));
  }
  linkPackages(root, clone);
  const dynamodbPort = String(await findFreePort());
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DEV_DYNAMODB_PORT: dynamodbPort,
    DEV_PAGE_PORT: String(await findFreePort()),
    METRICS_PORT: String(await findFreePort()),
  };
  t.equal(startIt, 'npm run dev\n');
  const stack = spawn('npm', ['run', 'dev'], { cwd: clone, env, detached: true });
  const ended = once(stack, 'close');
  let said = '';
  for (const output of [stack.stdout, stack.stderr]) output.on('data', (chunk) => (said += chunk));
  t.teardown(async () => {
    if (stack.pid !== undefined && stack.exitCode === null) process.kill(-stack.pid, 'SIGINT');
    await ended;
  });
  while (!said.includes('\nReady.')) {
    if (stack.exitCode !== null) throw new Error(`npm run dev ended:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  const outputs: string[] = [];
  const follow = async (commands: string, lead = '') => {
    // A terminal keeps its variables from one step to the next.
    const script = `${lead}${commands}`.replaceAll(':8000', `:${dynamodbPort}`);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: clone, env });
    outputs.push(stdout);
    return stdout;
  };
  const [copy = '', judge = '', use = '', hide = '', ...others] = steps;
  await follow(copy);
  const path = join(clone, 'profile.schema.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { properties: JsonObject };
  Object.assign(file.properties, JSON.parse(addition));
  writeFileSync(path, JSON.stringify(file, null, 2));
  t.match(await follow(judge), /valid, 10 fields[\s\S]*wider \/jobTitle: is new/);

  // The stack starts the service again with the new file: until then the field is refused.
  const used = await follow(`${use}${hide}`);
  t.match(used, '"jobTitle":"Designer"');
  t.match(used, /\{"profiles":\[\{"userId":"[^"]+"[^\]]*"crmId":"crm_7f3a"/);
  t.match(used, 'Beruf');
  const rest = await follow(others.join('\n'));
  t.match(rest, 'jobTitle');
  t.match(rest, /wider \/jobTitle\/enum/);
  const { properties } = JSON.parse(readFileSync(path, 'utf8')) as { properties: JsonObject };
  t.match(properties.jobTitle, { 'x-retired': true });
  t.comment(outputs.at(-1));
});
