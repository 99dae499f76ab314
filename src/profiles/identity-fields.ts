import { parseJsonText } from '../json/json-text.ts';
import type { JsonValue } from '../json/json-value.ts';
import { applyMergePatch } from '../json/merge-patch.ts';
import type { Violation } from '../refusal.ts';
import { type Field, isTyped } from '../schema/field.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { toCanonicalUrl } from '../schema/text/secure-url.ts';
import type { ObjectProperty, Property } from '../schema/vocabulary.ts';
import { fitsBytes } from './object-bounds.ts';
import type { FieldName, ProfileFields } from './record.ts';

/** A value from an identity provider that the record can't hold: its field and why, never the value. */
export interface RefusedField {
  readonly field: FieldName;
  readonly reason: string;
}

export interface IdentityFields {
  readonly fields: ProfileFields;
  readonly refused: readonly RefusedField[];
}

/** Reads the claims of a token, or Cognito's attributes of a user, by the names they have there. */
export type IdentityReader = (claims: Readonly<Record<string, unknown>>) => IdentityFields;

/** The fields that a sign-in takes over, by `x-from`: a bad picture must not cost anybody it. */
export function createIdentityReader({ fields }: ProfileSchema): IdentityReader {
  const taken = [...fields.values()].filter(({ from }) => from !== undefined);

  return function readIdentity(claims) {
    const accepted: ProfileFields = {};
    const refused: RefusedField[] = [];
    for (const field of taken) {
      const from = field.from as string;
      const value = Object.hasOwn(claims, from) ? claims[from] : undefined;
      // Cognito leaves an attribute that was cleared as an empty text.
      if (value === undefined || value === null || value === '') continue;
      const read = readTold(field, value);
      if ('reason' in read) refused.push({ field: field.name, reason: read.reason });
      else accepted[field.name] = read.value;
    }
    if (accepted.email === undefined) delete accepted.emailVerified;
    else accepted.emailVerified ??= false;
    return { fields: accepted, refused };
  };
}

/** One value from outside the API as the field keeps it, or why it can't. */
export function readTold(
  field: Field,
  value: unknown,
): { readonly value: JsonValue } | { readonly reason: string } {
  const told = typeof value === 'string' ? readText(field, value) : value;
  if (told === undefined) return { reason: misreadings[field.definition.type] };
  const found: Violation[] = [];
  const kept = field.check(told, [], found);
  const [fault] = found;
  if (fault) return { reason: explain(fault, field.definition) };
  if (field.maxBytes !== undefined && !fitsBytes(kept, field.maxBytes)) {
    return { reason: `would exceed ${field.maxBytes} bytes` };
  }
  // A claim may have null where a member is absent.
  return { value: isTyped(field) ? applyMergePatch(undefined, kept) : kept };
}

/** The key of a claim can be personal data: a member is named where the schema names it. */
function explain({ pointer, detail }: Violation, definition: Property): string {
  let place: Property | undefined = definition;
  for (const part of pointer.split('/').slice(1)) {
    if (place?.type === 'array') place = place.items;
    else place = place?.type === 'object' ? memberOf(place, part) : undefined;
    if (!place) return `a member that the schema doesn't name ${detail}`;
  }
  return pointer ? `${pointer} ${detail}` : detail;
}

function memberOf({ properties = {} }: ObjectProperty, name: string): Property | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

const misreadings: Record<Field['definition']['type'], string> = {
  string: 'is no text',
  boolean: 'must be true or false',
  integer: 'must be a whole number that can be kept exactly',
  number: 'must be a number that can be kept exactly',
  array: 'must be JSON that can be kept exactly',
  object: 'must be JSON that can be kept exactly',
};

/** Cognito gives every attribute as text: it is read as the field's type. */
function readText({ definition }: Field, text: string): JsonValue | undefined {
  switch (definition.type) {
    case 'string':
      // Pools hold URLs as they were typed: these are put in order first.
      return definition.format === 'uri' ? (toCanonicalUrl(text) ?? text) : text;
    case 'boolean':
      return readTextAs('boolean', text);
    case 'array':
    case 'object':
      return readTextAs('json', text);
    default:
      return readTextAs('number', text);
  }
}

export type TextType = 'string' | 'boolean' | 'number' | 'json';

/** A text as a value of this type; undefined where it can't be kept exactly. */
export function readTextAs(type: TextType, text: string): JsonValue | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') {
    const word = text.toLowerCase();
    return word === 'true' || (word === 'false' ? false : undefined);
  }
  try {
    const value = parseJsonText(Buffer.from(text)) as JsonValue;
    return type === 'json' || typeof value === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}
