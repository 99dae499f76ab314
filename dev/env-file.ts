import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** The terminal's variables with those of `.env` beneath them, where there is one. */
export function readEnvironment(folder: string, shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = resolve(folder, '.env');
  return existsSync(path) ? { ...parseEnv(readFileSync(path, 'utf8')), ...shell } : { ...shell };
}
