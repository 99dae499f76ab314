import type { Violation } from '../errors.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export const maxPreferencesBytes = 32 * 1024;
const maxPreferencesLevels = 16;
const maxKeyLength = 255;

/** DynamoDB numbers: magnitude 1E-130 to 9.9…E+125. */
const largestMagnitude = 9.9999999999999e125;
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

/** Serialized size in bytes of UTF-8. */
export function measureBytes(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** One step deeper in an RFC 6901 pointer. */
export function extendPointer(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * What would not come back from the table equal to what was sent: keys out of bounds,
 * unpaired surrogates, numbers beyond DynamoDB's range, nesting beyond `maxPreferencesLevels`.
 */
export function findViolations(value: unknown, pointer: string, level = 0): Violation[] {
  if (typeof value === 'string') {
    return value.isWellFormed()
      ? []
      : [{ pointer, detail: 'must be well-formed Unicode, without unpaired surrogates' }];
  }
  if (typeof value === 'number') {
    const magnitude = Math.abs(value);
    return value === 0 || (magnitude >= smallestMagnitude && magnitude <= largestMagnitude)
      ? []
      : [{ pointer, detail: 'must be 0 or between 1e-130 and 9.9e125 in magnitude' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (level >= maxPreferencesLevels) {
    return [{ pointer, detail: `must not be nested deeper than ${maxPreferencesLevels} levels` }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((inner, index) =>
      findViolations(inner, extendPointer(pointer, index), level + 1),
    );
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = extendPointer(pointer, key);
    return [...findKeyViolations(key, at), ...findViolations(inner, at, level + 1)];
  });
}

function findKeyViolations(key: string, pointer: string): Violation[] {
  if (key.length === 0 || key.length > maxKeyLength) {
    return [{ pointer, detail: `a key must have 1 to ${maxKeyLength} characters` }];
  }
  if (!key.isWellFormed() || key === '__proto__') {
    return [{ pointer, detail: 'this key is not allowed' }];
  }
  return [];
}
