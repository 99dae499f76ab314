import { randomInt } from 'node:crypto';
import type { WriteToken } from '../profiles/profile-store.ts';

/**
 * An item remembers its last writes, newest first, an attribute each: an update in place can move
 * them on without reading them.
 */
export const writeIdAttributes = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7'] as const;
/** Stands where an update moved on what an item does not have yet. */
export const noWriteId = '-';

/** Milliseconds since the epoch in base 36, until the year 2059. */
const momentLength = 8;
const noiseLength = 4;

/** The moment a write is ordered by, and something to tell it from another of the same moment. */
export function createWriteId(at: Date): string {
  const moment = at.getTime().toString(36).padStart(momentLength, '0');
  return (
    moment +
    randomInt(36 ** noiseLength)
      .toString(36)
      .padStart(noiseLength, '0')
  );
}

const tokenIds = new WeakMap<WriteToken, string>();

/** The same for the same token. */
export function writeIdFor(at: Date, token: WriteToken | undefined): string {
  if (!token) return createWriteId(at);
  const known = tokenIds.get(token);
  if (known !== undefined) return known;
  const id = createWriteId(at);
  tokenIds.set(token, id);
  return id;
}

export function remember(writeId: string, earlier: readonly string[]): string[] {
  return [writeId, ...earlier].slice(0, writeIdAttributes.length);
}

/**
 * Whether this write, which is not among the remembered ones, never happened. The moments of an
 * item's writes only rise: a write after the oldest remembered one would be remembered too. And
 * nothing is forgotten where there are as many as versions. Otherwise it can't be known.
 */
export function isProvenUnwritten(
  writeId: string,
  remembered: readonly string[],
  version: number,
): boolean {
  const oldest = remembered.at(-1);
  if (oldest === undefined) return false;
  return remembered.length >= version || momentOf(oldest) <= momentOf(writeId);
}

function momentOf(writeId: string): string {
  return writeId.slice(0, momentLength);
}
