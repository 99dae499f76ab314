import type { MyProfilePatch, Profile } from 'user-profile-client';
import type { ProfileField } from './fields.ts';
import { createMergePatch } from './merge-patch.ts';

/** Texts by field name, as the form holds them; an absent value is an empty text. */
export type Draft = Readonly<Record<string, string>>;

export function toDraft(fields: readonly ProfileField[], profile: Profile): Draft {
  return Object.fromEntries(
    fields.map((field) => [field.name, toText(field, valueAt(profile, field.path))]),
  );
}

export function valueAt(profile: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    profile,
  );
}

/** A stored value as a text; one that its control can't hold is shown as it is. */
function toText({ control }: ProfileField, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (control === 'json') return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What a text means; undefined removes the value. It was checked before. */
function toValue({ control, schema }: ProfileField, text: string): unknown {
  if (text === '') return undefined;
  switch (control) {
    case 'number':
      return Number(text);
    case 'switch':
      return text === 'true';
    case 'json':
      return JSON.parse(text);
    case 'choices':
    case 'lines': {
      const lines = readLines(text);
      return schema.items?.type === 'string' ? lines : lines.map(Number);
    }
    default:
      return text;
  }
}

export function readLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The merge patch that writes these texts, and removes what is empty. */
export function toPatch(
  fields: readonly ProfileField[],
  texts: Draft,
  current: Profile,
): MyProfilePatch {
  const patch: Record<string, unknown> = {};
  for (const field of fields) {
    const text = texts[field.name];
    if (text === undefined) continue;
    const value = toValue(field, text);
    const before = valueAt(current, field.path);
    set(patch, field.path, value === undefined ? null : createMergePatch(before, value));
  }
  return patch;
}

function set(patch: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) patch[name] = value;
  else {
    patch[name] ??= {};
    set(patch[name] as Record<string, unknown>, rest, value);
  }
}

/** What was typed, as the service takes it: addresses the way a browser serializes them. */
export function canonicalize(fields: readonly ProfileField[], base: Draft, draft: Draft): Draft {
  const texts = fields.map(({ name, control }) => {
    const text = (draft[name] ?? '').trim();
    const isTyped = text !== (base[name] ?? '').trim();
    const isAddress = control === 'url' && URL.canParse(text);
    return [name, isTyped && isAddress ? new URL(text).href : text] as const;
  });
  return Object.fromEntries(texts);
}
