import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two stacks on one folder would break its database; answers how to let go of it. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'pid');
  mkdirSync(folder, { recursive: true });
  const owner = readOwner(path);
  if (owner) {
    throw new Error(`${folder} is in use by process ${owner}: stop it, or set DEV_DATA_DIR`);
  }
  writeFileSync(path, String(process.pid));
  return () => rmSync(path, { force: true });
}

/** The process that holds the lock; one that is gone holds nothing. */
function readOwner(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
