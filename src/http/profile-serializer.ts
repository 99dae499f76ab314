import type { JsonObject, JsonValue } from '../json/json-value.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';

/**
 * Writes a profile, the fields in the order of the schema. A value that no longer fits
 * the schema is written as it is, and what the schema doesn't name is left out.
 */
export function createProfileSerializer({ fields }: ProfileSchema): (value: unknown) => string {
  const visible = [...fields.values()].filter(({ isRetired }) => !isRetired);
  const names = [
    'userId',
    ...visible.map(({ name }) => name),
    'createdAt',
    'updatedAt',
    'version',
    'sources',
    'provenance',
  ];
  const keys = names.map((name) => `${JSON.stringify(name)}:`);

  return function serializeProfile(value) {
    const present = value as JsonObject;
    let text = '{';
    for (let at = 0; at < names.length; at++) {
      const inner = present[names[at] as string];
      if (inner === undefined) continue;
      if (text.length > 1) text += ',';
      text += keys[at] + writeJson(inner);
    }
    return `${text}}`;
  };
}

/** Strings of which JSON escapes nothing: quotes, backslashes, control characters, surrogates. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/;

/** Most values are such strings, or are written as they are: that takes less than half the time. */
function writeJson(value: JsonValue): string {
  if (typeof value === 'string' && plain.test(value)) return `"${value}"`;
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  return JSON.stringify(value);
}
