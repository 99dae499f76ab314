import { spawnSync } from 'node:child_process';

/** Whether a program that answers `--help` is on the PATH. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--help']).error === undefined;
}
