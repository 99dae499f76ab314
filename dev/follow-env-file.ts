import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readEnvironment } from './env-file.ts';
import { type DevSettings, readDevSettings } from './settings.ts';
import { watchFile } from './watch-file.ts';

export interface FollowOptions {
  folder: string;
  shell: NodeJS.ProcessEnv;
  /** What the stack was started with. */
  env: NodeJS.ProcessEnv;
  settings: DevSettings;
  /** Starts the service again with these variables. */
  restart: (env: NodeJS.ProcessEnv) => Promise<void>;
  say: (line: string) => void;
}

/** Takes a change of `.env` over into the running service, and says so. Returns how to stop. */
export function followEnvFile(options: FollowOptions): () => void {
  const { folder, shell, settings, restart, say } = options;
  let { env } = options;
  return watchFile(join(folder, '.env'), async () => {
    try {
      const next = readEnvironment(folder, shell);
      if (isDeepStrictEqual(next, env)) return;
      env = next;
      if (!isDeepStrictEqual(readDevSettings(next), settings)) {
        say('.env changed where or with which fields the stack runs: end it and start it again.');
        return;
      }
      say('.env changed: starting the service again.');
      await restart(next);
    } catch (error) {
      say(`.env: ${(error as Error).message}`);
    }
  });
}
