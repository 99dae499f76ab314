import { open, rename, rm, stat } from 'node:fs/promises';

/**
 * Replaces a file in one step: whenever the process ends, there is a whole one. For the owner
 * alone, as a checkpoint may name a person's id.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * Sees that a file can be replaced, and leaves it as it is: a run of hours shouldn't find out when
 * it has something to write.
 * @throws {Error} the system's, or that a folder is in its place
 */
export async function checkReplaceable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new Error(`${path} is a folder`);
  const draft = `${path}.tmp`;
  await (await open(draft, 'w', 0o600)).close();
  await rm(draft);
}
