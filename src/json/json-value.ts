import type { Violation } from '../refusal.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

const maxLevels = 16;
const maxKeyLength = 255;

/** DynamoDB numbers: magnitude 1E-130 to 9.9…E+125. */
export const largestMagnitude = 9.9999999999999e125;
const smallestMagnitude = 1e-130;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same; the order of keys and the sign of zero mean nothing. */
export function isEqualJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((inner, at) => isEqualJson(inner, other[at]));
  }
  if (isJsonObject(one) && isJsonObject(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && isEqualJson(one[key], other[key]))
    );
  }
  return one === other;
}

/** The keys of an object in one order. They are mostly in order already, which is cheap to see. */
export function sortKeys(object: object): string[] {
  const keys = Object.keys(object);
  for (let at = 1; at < keys.length; at++) {
    if ((keys[at - 1] as string) > (keys[at] as string)) return keys.sort();
  }
  return keys;
}

/** The same value with all its keys in that order. */
export function orderKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(orderKeys);
  if (!isJsonObject(value)) return value;
  const ordered: JsonObject = {};
  for (const key of sortKeys(value)) ordered[key] = orderKeys(value[key] as JsonValue);
  return ordered;
}

/** Serialized size in bytes of UTF-8. */
export function measureBytes(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Whether a text has so many code points; one beyond the basic plane is two units of a string. */
export function hasLength(text: string, min: number, max: number): boolean {
  const units = text.length;
  if (units < min || units > 2 * max) return false;
  if (units <= max && units >= 2 * min) return true;
  const points = [...text].length;
  return points >= min && points <= max;
}

/** One step deeper in an RFC 6901 pointer. */
export function extendPointer(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** How many faults of one body are looked for and told. */
export const maxViolations = 20;

type Path = (string | number)[];

/**
 * What would not come back from the table equal to what was sent: keys out of bounds,
 * unpaired surrogates, numbers beyond DynamoDB's range, nesting beyond `maxLevels`.
 * The search ends with as many as `maxViolations`.
 */
export function findViolations(value: unknown): Violation[] {
  const found: Violation[] = [];
  visit(value, [], found);
  return found;
}

/** The pointer is only written for a fault: a long key would be copied for every value below it. */
function visit(value: unknown, path: Path, found: Violation[]): void {
  const fault = findFault(value, path.length);
  if (fault) note(fault, path, found);
  if (fault || typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, inner] of isList ? value.entries() : Object.entries(value)) {
    if (found.length >= maxViolations) return;
    path.push(key);
    const keyFault = isList ? undefined : findKeyFault(String(key));
    if (keyFault) note(keyFault, path, found);
    visit(inner, path, found);
    path.pop();
  }
}

function note(detail: string, path: Path, found: Violation[]): void {
  if (found.length < maxViolations) found.push({ pointer: path.reduce(extendPointer, ''), detail });
}

function findFault(value: unknown, level: number): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return 'must be well-formed Unicode, without unpaired surrogates';
  }
  if (typeof value === 'number' && value !== 0) {
    const magnitude = Math.abs(value);
    const fits = magnitude >= smallestMagnitude && magnitude <= largestMagnitude;
    return fits ? undefined : 'must be 0 or between 1e-130 and 9.9e125 in magnitude';
  }
  const nested = typeof value === 'object' && value !== null;
  return nested && level >= maxLevels
    ? `must not be nested deeper than ${maxLevels} levels`
    : undefined;
}

function findKeyFault(key: string): string | undefined {
  if (!hasLength(key, 1, maxKeyLength)) {
    return `a key must have 1 to ${maxKeyLength} characters`;
  }
  return key.isWellFormed() && key !== '__proto__' ? undefined : 'this key is not allowed';
}
