import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of an image's configuration that says how it is run. */
export interface ImageConfig {
  User: string;
  Env: string[];
  Cmd: string[];
  WorkingDir: string;
  StopSignal: NodeJS.Signals;
  Healthcheck: { Test: [string, ...string[]] };
}

export interface Ended {
  code: number | null;
  output: string;
}

/**
 * A command in the image's root as the task definition runs it: root file system read-only,
 * the image's user, no capabilities, process 1 of its own processes; the network is this machine's.
 */
export class Container {
  readonly #process: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(root: string, config: ImageConfig, command: string[], env: Record<string, string>) {
    const script = `
      user=$1 folder=$2
      shift 2
      mount --bind "$0" "$0"
      mount -t proc proc "$0/proc"
      mount --rbind /dev "$0/dev"
      mount -o remount,bind,ro "$0"
      exec setpriv --no-new-privs chroot --userspec="$user" "$0" /usr/bin/env -i -C "$folder" "$@"`;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    this.#process = spawn(
      'unshare',
      ['--mount', '--pid', '--fork', 'sh', '-euc', script, root]
        .concat(findUser(root, config.User), config.WorkingDir)
        .concat(config.Env, variables, command),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    this.ended = once(this.#process, 'close').then(([code]) => ({ code, output }));
  }

  /** The command's own process, once it runs. */
  get pid(): number | undefined {
    const { pid } = this.#process;
    const children = `/proc/${pid}/task/${pid}/children`;
    return existsSync(children) ? Number(readFileSync(children, 'utf8')) || undefined : undefined;
  }

  /** What the kernel says of the command's process: user, capabilities. */
  get status(): string {
    return readFileSync(`/proc/${this.pid}/status`, 'utf8');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid) process.kill(this.pid, signal);
  }

  /** The change of user undoes unshare's own tie to its child. */
  kill(): void {
    this.signal('SIGKILL');
    this.#process.kill('SIGKILL');
  }
}

/** `1000:1000` of `node`, as the image itself knows it. */
function findUser(root: string, name: string): string {
  const lines = readFileSync(join(root, 'etc/passwd'), 'utf8').split('\n');
  const [, , user, group] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
  if (!user || !group) throw new Error(`the image has no user ${name}`);
  return `${user}:${group}`;
}
