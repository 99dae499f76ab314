import { open, rename } from 'node:fs/promises';

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
