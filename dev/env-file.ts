import { existsSync, readFileSync, watch } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Milliseconds; editors write a file in several steps. */
const settleTime = 150;

/** The terminal's variables with those of `.env` beneath them, where there is one. */
export function readEnvironment(folder: string, shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = resolve(folder, '.env');
  return existsSync(path) ? { ...parseEnv(readFileSync(path, 'utf8')), ...shell } : { ...shell };
}

/** Calls when `.env` is written, made or removed. Returns how to stop. */
export function watchEnvFile(folder: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  // The folder, since editors put another file in the place of the one that was watched.
  const watcher = watch(folder, (_event, file) => {
    if (file !== '.env') return;
    clearTimeout(timer);
    timer = setTimeout(changed, settleTime);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
