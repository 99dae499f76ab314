import { extendPointer, type JsonValue, maxViolations } from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';

export type Path = (string | number)[];

/**
 * Returns the value as it is kept, and adds to `found` what is wrong with it; with a fault, what it
 * returns means nothing. `path` is where the value stands, and is as it was when the check ends.
 */
export type Check = (value: unknown, path: Path, found: Violation[]) => JsonValue;

export function fail(found: Violation[], path: Path, detail: string): null {
  if (found.length < maxViolations) found.push({ pointer: toPointer(path), detail });
  return null;
}

/** Only written for a fault. */
export function toPointer(path: Path): string {
  return path.reduce<string>(extendPointer, '');
}
