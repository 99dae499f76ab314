import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Provider {
  /** What Terraform finds it by. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The AWS provider as one process for all commands of a workspace: each would start it for itself,
 * which takes longer than most of what it then does.
 * https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode
 */
export async function startProvider(
  mirror: string,
  environment: Readonly<Record<string, string>>,
): Promise<Provider> {
  const folder = join(mirror, 'registry.terraform.io/hashicorp/aws');
  const program = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    /[\\/]terraform-provider-aws[^\\/]*$/.test(path),
  );
  // A mirror of archives holds nothing to start.
  if (!program || program.endsWith('.zip')) return { env: {}, close: async () => {} };
  const child = spawn(join(folder, program), ['-debug'], {
    // Configured for a second time, it can't take a certificate authority of its own again.
    env: { ...process.env, GOGC: '400', ...environment, AWS_CA_BUNDLE: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  let output = '';
  const reattach = new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the provider ended:\n${output}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /TF_REATTACH_PROVIDERS='(.*)'/.exec(output)?.[1];
      if (found) resolve(found);
    });
  });
  return {
    env: { TF_REATTACH_PROVIDERS: await reattach },
    async close() {
      child.kill();
      await ended;
    },
  };
}
