import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { defaultSchemaFile } from '../helper/wider-schema.ts';
import { findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { findMissing, findProviderMirror, infraFolder } from './terraform.ts';

interface Fault {
  /** The file of infra/, what stands in it, and what might. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The run that sees it, and what its assertion says. */
  readonly tests: string;
  readonly run: string;
  readonly says: string;
}

/** Faults that once passed every test, or that nobody would notice in what runs. */
const faults: Record<string, Fault> = {
  'the pipe may not read the stream': {
    file: 'events.tf',
    from: '"dynamodb:GetRecords", ',
    to: '',
    tests: 'variants',
    run: 'events',
    says: 'The pipe may read the stream, write to the bus and to the queue, and no more.',
  },
  'the pipe may write to the bus, not to the queue': {
    file: 'events.tf',
    from: 'Resource = [aws_sqs_queue.undelivered_events[0].arn]',
    to: 'Resource = [aws_cloudwatch_event_bus.profiles[0].arn]',
    tests: 'variants',
    run: 'events',
    says: 'The pipe may read the stream, write to the bus and to the queue, and no more.',
  },
  'more changes at a time than an event bus takes': {
    file: 'events.tf',
    from: 'batch_size                         = 10',
    to: 'batch_size                         = 11',
    tests: 'variants',
    run: 'events',
    says: 'An event bus takes ten events in one call.',
  },
  'ECS may not fetch the image': {
    file: 'iam.tf',
    from: '["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]',
    to: '["ecr:BatchGetImage"]',
    tests: 'every-environment',
    run: 'permissions',
    says: 'ECS may fetch this image and write this log',
  },
  "anybody's distribution may read the pictures": {
    file: 'pictures.tf',
    from: 'StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.pictures[0].arn }',
    to: 'StringLike = { "AWS:SourceArn" = "arn:aws:cloudfront::*" }',
    tests: 'pictures',
    run: 'bucket',
    says: 'This distribution may read pictures and list nothing, and nobody comes without TLS.',
  },
  'versions of erased pictures are kept': {
    file: 'pictures.tf',
    from: 'status = "Disabled"',
    to: 'status = "Enabled"',
    tests: 'pictures',
    run: 'bucket',
    says: 'What is erased is gone: no versions are kept.',
  },
  'the edge keeps a removed picture as long as browsers do': {
    file: 'pictures-delivery.tf',
    from: 'pictures_edge_seconds = 86400',
    to: 'pictures_edge_seconds = 31536000',
    tests: 'pictures',
    run: 'delivery',
    says: 'A removed picture is served for a day more at most.',
  },
  'tasks reach nothing': {
    file: 'service.tf',
    from: 'from_port         = 443\n  to_port           = 443',
    to: 'from_port         = 80\n  to_port           = 80',
    tests: 'every-environment',
    run: 'network',
    says: 'Tasks reach Cognito, DynamoDB and the registry, all on port 443.',
  },
};

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
  for (const [what, { file, from, to, tests, run, says }] of Object.entries(faults)) {
    // A run is a plan of everything: the one that sees the fault is enough.
    const restoreTests = edit(join(copy, `tests/${tests}.tftest.hcl`), (text) =>
      pickRun(text, run),
    );
    const restoreSource = edit(join(copy, file), (text) => text.replace(from, to));
    const { status, stdout, stderr } = terraform(
      'test',
      '-no-color',
      '-var-file=environments/dev.tfvars',
      `-filter=tests/${tests}.tftest.hcl`,
    );
    restoreSource();
    restoreTests();
    t.not(status, 0, what);
    t.match(stdout + stderr, 'Error: Test assertion failed', `${what}: an assertion says so`);
    // Terraform breaks lines.
    t.match((stdout + stderr).replaceAll(/\s+/g, ' '), says, `${what}: the one for it`);
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

/** A file of Terraform's tests with one of its runs. */
function pickRun(text: string, name: string): string {
  const [head = '', ...runs] = text.split(/^(?=run ")/m);
  return head + runs.filter((run) => run.startsWith(`run "${name}" `)).join('');
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
