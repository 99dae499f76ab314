import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Teardown } from '../helper/teardown.ts';
import { defaultSchemaFile } from '../helper/wider-schema.ts';
import { infraFolder } from './terraform.ts';

export interface Plan {
  resource_changes: { type: string; name: string; change: { after: Record<string, unknown> } }[];
}

/** What Terraform would make from each file: of the wider one everything, else table and role. */
export function planTables(
  t: Teardown,
  files: Record<'default' | 'wider' | 'narrow', string>,
  providerMirror: string,
): Map<string, Plan> {
  const folder = mkdtempSync(join(tmpdir(), 'table-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const work = join(folder, 'infra');
  cpSync(infraFolder, work, {
    recursive: true,
    filter: (path) => !/[/\\]\.terraform([/\\]|$)|\.tftest\.hcl$/.test(path),
  });
  cpSync(defaultSchemaFile, join(folder, 'profile.schema.json'));
  const runs = Object.entries(files).map(([name, path]) => {
    const target = 'target = [aws_dynamodb_table.profiles, aws_iam_role_policy.service]';
    return `run "${name}" {
      command = plan
      ${name === 'wider' ? '' : `plan_options {\n${target}\n}`}
      variables {
        profile_schema_file = ${name === 'default' ? 'null' : JSON.stringify(path)}
        image               = "example.com/user-profile@sha256:0"
        hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
      }
    }`;
  });
  const provider = 'mock_provider "aws" {\nsource = "./tests/mocks"\noverride_during = plan\n}';
  writeFileSync(join(work, 'tests/table.tftest.hcl'), [provider, ...runs].join('\n'));
  const config = join(folder, 'terraform.rc');
  const local = `filesystem_mirror {\n    path = "${providerMirror}"\n  }`;
  writeFileSync(config, `provider_installation {\n  ${local}\n}\n`);
  const terraform = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('terraform', args, {
      cwd: work,
      encoding: 'utf8',
      maxBuffer: 100_000_000,
      env: { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: '1', GOGC: '400' },
    });
    if (status !== 0) throw new Error(`terraform ${args[0]}: ${stdout.slice(-4_000)}\n${stderr}`);
    return stdout;
  };
  terraform('init', '-backend=false', '-input=false', '-lockfile=readonly');
  const output = terraform(
    'test',
    '-json',
    '-verbose',
    '-var-file=environments/dev.tfvars',
    '-filter=tests/table.tftest.hcl',
  );
  const lines = output.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  return new Map(
    lines
      .filter(({ type }) => type === 'test_plan')
      .map((line) => [line['@testrun'], line.test_plan]),
  );
}
