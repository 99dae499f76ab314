import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../node_modules/.cache/test-locks/', import.meta.url));

/** Runs the work while no other process of these tests runs work of this name. */
export async function exclusively<Result>(
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${name}`;
  while (!take(file)) await sleep(100);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

const held = new Set<string>();

/** From here on until this process ends, no other of these tests passes this line. */
export async function holdUntilExit(name: string): Promise<void> {
  if (held.has(name)) return;
  held.add(name);
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${name}`;
  while (!take(file)) await sleep(100);
  process.once('exit', () => rmSync(file, { force: true }));
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

/** A process that was killed holds nothing any more. */
function isHeld(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    // Just made, and not written yet.
    if (!holder) return true;
    process.kill(holder, 0);
    return true;
  } catch {
    return false;
  }
}
