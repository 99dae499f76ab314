import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Running {
  url: string;
  pid: number;
}

const fileIn = (folder: string) => join(folder, 'pool.json');

/** Says beside the pool's data where it runs, for commands of another terminal. Returns how to take it back. */
export function announcePool(folder: string, url: string): () => void {
  const running: Running = { url, pid: process.pid };
  writeFileSync(fileIn(folder), JSON.stringify(running));
  return () => rmSync(fileIn(folder), { force: true });
}

/** The address of the pool that runs on this folder's data now, if one does. */
export function findRunningPool(folder: string): string | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Running;
    process.kill(pid, 0);
    return url;
  } catch {
    // Never announced, or left behind by a process that is gone.
    return undefined;
  }
}
