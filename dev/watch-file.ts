import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Milliseconds; editors write a file in several steps. */
const settleTime = 150;

/** Calls when a file is written, made or removed. Returns how to stop. */
export function watchFile(path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  // The folder, since editors put another file in the place of the one that was watched.
  const watcher = watch(dirname(path), (_event, file) => {
    if (file !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, settleTime);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
