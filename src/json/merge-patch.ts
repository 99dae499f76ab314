import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/**
 * Applies a JSON merge patch without changing its arguments.
 * Source: RFC 7396, section 2.
 */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[key];
    } else {
      const current = Object.hasOwn(merged, key) ? merged[key] : undefined;
      merged[key] = applyMergePatch(current, value);
    }
  }
  return merged;
}
