import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProvider } from './provider.ts';

/** On a busy machine a plan takes minutes. */
const hangSeconds = 600;

import { defaultSchemaFile } from '../helper/wider-schema.ts';

export const infraFolder = fileURLToPath(new URL('../../infra', import.meta.url));

/** Why the program cannot be run here, or undefined. */
export function findMissing(program: string, versionArgument = '--version'): string | undefined {
  try {
    execFileSync(program, [versionArgument], { stdio: 'ignore', timeout: 120_000 });
    return undefined;
  } catch {
    return `${program} is not installed`;
  }
}

/** The folder of a local mirror that holds the AWS provider, or undefined. */
export function findProviderMirror(): string | undefined {
  try {
    const script = join(infraFolder, 'ci/provider-mirror.sh');
    return execFileSync('sh', [script], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

export interface Workspace {
  /** Runs a command in infra/ to its end; rejects with its output when it fails or hangs. */
  run(program: string, args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A docker that builds and pushes nothing, for where no image is wanted. */
const docker = `#!/bin/sh
case "$1 $2 $3" in
  "login "*) cat >/dev/null ;;
  "buildx imagetools inspect") echo sha256:${'0'.repeat(64)} ;;
esac
`;

/** A copy of infra/, committed to a repository of its own, that may be deployed without a trace. */
export async function createWorkspace(
  providerMirror: string,
  environment: Record<string, string>,
): Promise<Workspace> {
  const root = mkdtempSync(join(tmpdir(), 'infra-'));
  const repository = join(root, 'repository');
  const copy = join(repository, 'infra');
  cpSync(infraFolder, copy, {
    recursive: true,
    filter: (source) => !/[/\\](\.terraform|tests)([/\\]|$)|\.tfbackend$/.test(source),
  });
  // It stands beside infra/, which reads it.
  cpSync(defaultSchemaFile, join(repository, 'profile.schema.json'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/docker'), docker, { mode: 0o755 });
  const configFile = join(root, 'terraform.rc');
  writeFileSync(
    configFile,
    `provider_installation {\n  filesystem_mirror {\n    path = "${providerMirror}"\n  }\n}\n`,
  );
  // What they and the scripts leave there is gone with the workspace.
  const temporary = { TMPDIR: join(root, 'tmp') };
  mkdirSync(temporary.TMPDIR);
  const provider = await startProvider(providerMirror, { ...environment, ...temporary });
  const env = {
    ...process.env,
    ...provider.env,
    ...environment,
    ...temporary,
    PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}`,
    TF_CLI_CONFIG_FILE: configFile,
    TF_IN_AUTOMATION: '1',
    TF_CLI_ARGS: '-no-color',
    CHECKPOINT_DISABLE: '1',
    // Short runs with memory to spare: a quarter of their time is collecting garbage.
    GOGC: '400',
  };

  const run: Workspace['run'] = (program, args) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
      });
      child.stderr.on('data', (chunk) => {
        errors += chunk;
      });
      const timer = setTimeout(() => child.kill(), hangSeconds * 1000);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        if (code === 0) return resolve(output);
        const told = `${errors}\n${output.slice(-4000)}`;
        reject(new Error(`${program} ${args[0]} ended with ${signal ?? code}\n${told}`));
      });
    });

  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  await run('git', ['init', '--quiet', repository]);
  await run('git', ['-C', repository, 'add', '.']);
  await run('git', ['-C', repository, ...identity, 'commit', '--quiet', '--message', 'A copy']);
  return {
    run,
    async remove() {
      await provider.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
