import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { findMissing, findProviderMirror, infraFolder } from './terraform.ts';

/** Faults that once passed every test: a file of infra/, what stands in it, and what might. */
const mutations: Record<string, [file: string, from: string, to: string, tests: string]> = {
  'the pipe may not read the stream': ['events.tf', '"dynamodb:GetRecords", ', '', 'variants'],
  'the pipe may write to the bus, not to the queue': [
    'events.tf',
    'Resource = [aws_sqs_queue.undelivered_events[0].arn]',
    'Resource = [aws_cloudwatch_event_bus.profiles[0].arn]',
    'variants',
  ],
  'more changes at a time than an event bus takes': [
    'events.tf',
    'batch_size                         = 10',
    'batch_size                         = 11',
    'variants',
  ],
  'ECS may not fetch the image': [
    'iam.tf',
    '["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]',
    '["ecr:BatchGetImage"]',
    'every-environment',
  ],
  'tasks reach nothing': [
    'service.tf',
    'from_port         = 443\n  to_port           = 443',
    'from_port         = 80\n  to_port           = 80',
    'every-environment',
  ],
};

const mirror = findProviderMirror();
const missing =
  findMissing('terraform', 'version') ?? (mirror ? undefined : 'no mirror holds the AWS provider');

// Each plans an environment anew.
t.setTimeout(900_000);

t.test('terraform test fails for each fault', { skip: missing ?? false }, async (t) => {
  const work = mkdtempSync(join(tmpdir(), 'mutations-'));
  t.teardown(() => rmSync(work, { recursive: true, force: true }));
  const copy = join(work, 'infra');
  cpSync(infraFolder, copy, { recursive: true, filter: (path) => !path.includes('.terraform/') });
  const config = join(work, 'terraform.rc');
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  );
  const terraform = (...args: string[]) =>
    spawnSync('terraform', args, {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: '1' },
    });
  t.equal(terraform('init', '-backend=false', '-input=false', '-lockfile=readonly').status, 0);
  for (const [what, [file, from, to, tests]] of Object.entries(mutations)) {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    t.ok(text.includes(from), `${what}: the place to change is there`);
    writeFileSync(path, text.replace(from, to));
    const { status, stdout, stderr } = terraform(
      'test',
      '-no-color',
      '-var-file=environments/dev.tfvars',
      `-filter=tests/${tests}.tftest.hcl`,
    );
    writeFileSync(path, text);
    t.not(status, 0, what);
    t.match(stdout + stderr, 'Error: Test assertion failed', `${what}: an assertion says so`);
  }
});

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
