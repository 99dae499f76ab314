import { type ChildProcess, spawn } from 'node:child_process';
import type { Teardown } from './teardown.ts';

export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

export interface EndedCommand {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both as they came. */
  readonly output: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedCommand>;
  /** What it has written so far. */
  output(): string;
}

/** Where emulators stand in for AWS. */
export const emulatedAws = {
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;

/** A program of Node in a process of its own, which knows this environment and the PATH. */
export function startCommand(
  t: Teardown,
  program: string,
  args: readonly string[],
  env: CommandEnvironment,
): RunningCommand {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let [stdout, stderr, output] = ['', '', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    output += chunk;
  });
  const ended = new Promise<EndedCommand>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ code: code ?? signal, stdout, stderr, output }),
    );
  });
  return { child, ended, output: () => output };
}
