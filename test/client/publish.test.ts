import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { parse } from 'yaml';

const exec = promisify(execFile);
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}
const text = read('.github/workflows/publish.yml');
const workflow = parse(text) as {
  on: object;
  permissions: object;
  jobs: { publish: { environment: string; permissions: object; steps: Step[] } };
};
const { publish } = workflow.jobs;
const step = (name: string) => publish.steps.find((one) => one.name === name);

t.test('only a tag publishes, with an identity to prove where it comes from', async (t) => {
  t.same(workflow.on, { push: { tags: ['client-v*', 'react-v*'] } });
  t.same(workflow.permissions, { contents: 'read' });
  t.same(publish.permissions, { contents: 'read', 'id-token': 'write' });
  t.equal(publish.environment, 'npm');
  t.match(step('Publish')?.run, /^npm publish --provenance --access public$/m);
  for (const { uses, run, env } of publish.steps) {
    if (uses) t.match(text, new RegExp(`uses: ${uses} # v\\d+\\.\\d+\\.\\d+\\n`));
    if (uses) t.match(uses, /^actions\/[\w-]+@[0-9a-f]{40}$/);
    if (run) t.notMatch(run, /\$\{\{/, 'scripts take what is not theirs from the environment');
    if (env) t.equal(run, step('Publish')?.run, 'one step alone sees the secret');
  }
  const runs = publish.steps.flatMap(({ run }) => run ?? []);
  t.ok(runs.findIndex((run) => run.includes('tap')) < runs.length - 1, 'tested before');
});

t.test('a tag that is not the version of its package publishes nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'client'));
  writeFileSync(join(folder, 'client/package.json'), JSON.stringify({ version: '1.2.0-v1' }));
  const check = (GITHUB_REF_NAME: string) => {
    const env = { PATH: process.env.PATH, GITHUB_REF_NAME, GITHUB_ENV: join(folder, 'env') };
    // As a runner starts it.
    const script = step("The tag is the package's version")?.run ?? 'exit 0';
    return exec('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env });
  };
  await check('client-v1.2.0-v1');
  t.equal(readFileSync(join(folder, 'env'), 'utf8'), 'folder=client\n');
  for (const tag of ['client-v1.2.0', 'client-v', 'react-v1.2.0-v1']) {
    await t.rejects(check(tag), tag);
  }
});
