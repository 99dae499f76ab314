import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { defaultSchemaFile } from '../helper/wider-schema.ts';
import { gatherFaults } from './faults.ts';
import { findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { findMissing, findProviderMirror, infraFolder } from './terraform.ts';

const mirror = findProviderMirror();
const missing =
  findMissing('terraform', 'version') ?? (mirror ? undefined : 'no mirror holds the AWS provider');

t.test('terraform test fails for each fault', { skip: missing ?? false }, async (t) => {
  const work = mkdtempSync(join(tmpdir(), 'mutations-'));
  t.teardown(() => rmSync(work, { recursive: true, force: true }));
  const copy = join(work, 'infra');
  cpSync(infraFolder, copy, { recursive: true, filter: (path) => !path.includes('.terraform/') });
  cpSync(defaultSchemaFile, join(work, 'profile.schema.json'));
  const config = join(work, 'terraform.rc');
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  );
  const terraform = (...args: string[]) =>
    spawnSync('terraform', args, {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: '1', GOGC: '400' },
    });
  t.equal(terraform('init', '-backend=false', '-input=false', '-lockfile=readonly').status, 0);
  for (const together of gatherFaults()) {
    const told = Object.values(together);
    const restores = told.map(({ file, from, to }) =>
      edit(join(copy, file), (text) => text.replace(from, to)),
    );
    const files = new Set(told.map(({ tests }) => tests));
    for (const tests of files) {
      // A run is a plan of everything: those that see the faults are enough.
      const runs = told.filter((fault) => fault.tests === tests).map(({ run }) => run);
      restores.push(edit(join(copy, `tests/${tests}.tftest.hcl`), (text) => pickRuns(text, runs)));
    }
    const { status, stdout, stderr } = terraform(
      'test',
      '-no-color',
      '-var-file=environments/dev.tfvars',
      ...[...files].map((tests) => `-filter=tests/${tests}.tftest.hcl`),
    );
    for (const restore of restores.reverse()) restore();
    t.not(status, 0, Object.keys(together).join('; '));
    // Terraform breaks lines.
    const output = (stdout + stderr).replaceAll(/[\s│]+/g, ' ');
    for (const [what, { says }] of Object.entries(together)) {
      t.match(output, says, `${what}: the assertion for it says so`);
    }
    t.equal(
      output.split('Error: Test assertion failed').length - 1,
      told.length,
      `as many assertions fail as there are faults, and no other: ${output}`,
    );
  }
});

/** Changes a file, which must make a difference, and returns what takes that back. */
function edit(path: string, change: (text: string) => string): () => void {
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${path}: the place to change is gone`);
  writeFileSync(path, changed);
  return () => writeFileSync(path, text);
}

/** A file of Terraform's tests with some of its runs. */
function pickRuns(text: string, names: readonly string[]): string {
  const [head = '', ...runs] = text.split(/^(?=run ")/m);
  const isNamed = (run: string) => names.some((name) => run.startsWith(`run "${name}" `));
  return head + runs.filter(isNamed).join('');
}

/** Every rule of a security group, by its name in Terraform, and whom it lets in or out. */
function readRules(source: string): string[] {
  const blocks = parseHcl(source);
  const inline = findBlocks(blocks, 'resource', 'aws_security_group').filter(
    (group) => group.blocks.length > 0 || 'ingress' in group.attributes,
  );
  const older = findBlocks(blocks, 'resource', 'aws_security_group_rule');
  return ['ingress', 'egress']
    .flatMap((direction) =>
      findBlocks(blocks, 'resource', `aws_vpc_security_group_${direction}_rule`).map(
        ({ labels }) => `${direction} ${labels[1]}`,
      ),
    )
    .concat([...inline, ...older].map(({ labels }) => labels.join(' ')))
    .sort();
}

const rules = [
  'egress load_balancer',
  'egress tasks',
  'egress tasks_elsewhere',
  'ingress endpoints_from_tasks',
  'ingress load_balancer',
  'ingress tasks_from_load_balancer',
  'ingress tasks_from_metrics_scraper',
];

t.test('no security group has a rule that the tests of Terraform do not look at', async (t) => {
  const source = readInfraSource();
  t.same(readRules(source), rules);
  const world = `
resource "aws_vpc_security_group_ingress_rule" "debug" {
  security_group_id = aws_security_group.tasks.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
`;
  t.notSame(readRules(source + world), rules, 'a second rule for the world');
  t.notSame(
    readRules(source.replace('resource "aws_security_group" "tasks" {', '$&\n  ingress {\n  }\n')),
    rules,
    'one inside its group',
  );
});
