import { type JsonValue, measureBytes } from '../json/json-value.ts';
import { Refusal } from '../refusal.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import type { FieldName, ProfileFields } from './record.ts';

/**
 * The free objects that a write `named` stay within the bytes that the schema gives them. What it
 * doesn't name is left as it is, however large.
 * @throws {Refusal} PREFERENCES_TOO_LARGE naming the first that does not
 */
export function assertObjectsFit(
  { freeFields }: ProfileSchema,
  fields: ProfileFields,
  named: readonly FieldName[] = Object.keys(fields),
): void {
  for (const name of named) {
    const maxBytes = freeFields.get(name)?.maxBytes;
    const value = fields[name];
    if (maxBytes === undefined || value === undefined || fitsBytes(value, maxBytes)) continue;
    const detail = formatBound(maxBytes);
    throw new Refusal('PREFERENCES_TOO_LARGE', `${name} ${detail}`, {
      violations: [{ pointer: `/${name}`, detail }],
    });
  }
}

export function fitsBytes(value: JsonValue, maxBytes: number): boolean {
  return measureBytes(value) <= maxBytes;
}

function formatBound(maxBytes: number): string {
  const kib = maxBytes / 1024;
  const shown = Number.isInteger(kib) ? ` (${kib} KiB)` : '';
  return `must be at most ${maxBytes} bytes${shown} when serialized`;
}
