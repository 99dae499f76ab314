import { createHash } from 'node:crypto';
import type { JsonObject } from '../json/json-value.ts';
import { compileCheck } from './compile-check.ts';
import { coreFields, listedField } from './core-fields.ts';
import type { Field, FreeField } from './field.ts';
import type { FieldDefinition, Reader, SchemaFile } from './vocabulary.ts';

/** The fields of a profile, read and compiled once at start. */
export interface ProfileSchema {
  /** By name, in the order answers have them: the core's, then those of the file. */
  readonly fields: ReadonlyMap<string, Field>;
  /** The index of each field that profiles are looked up by. */
  readonly lookups: ReadonlyMap<string, string>;
  /** The fields that are any JSON object, within their bytes. */
  readonly freeFields: ReadonlyMap<string, FreeField>;
  /** The fields that everyone may see, in the order of answers; mostly none. */
  readonly publicFields: readonly Field[];
  /** The field that holds the address of an uploaded picture, a retired one included. */
  readonly picture: Field | undefined;
  /** Tells two schemas apart; the same for the same definitions, whatever their order. */
  readonly digest: string;
  /** The language tag of the titles that name no language. */
  readonly language: string;
  /** What it was compiled from: plain data, from which another process compiles it anew. */
  readonly file: SchemaFile;
}

export function compileSchema(file: SchemaFile): ProfileSchema {
  const { properties, 'x-language': language = 'en' } = file;
  const own = Object.entries(properties).map(([name, definition]) =>
    compileField(name, definition),
  );
  const publicFields = own.filter(({ readers }) => readers.has('everyone'));
  const core = publicFields.length > 0 ? [...coreFields, listedField] : coreFields;
  const fields = new Map([...core, ...own].map((field) => [field.name, field]));
  const lookups = new Map(
    [...fields.values()].flatMap(({ name, index }) => (index === undefined ? [] : [[name, index]])),
  );
  const freeFields = new Map(
    [...fields.values()].filter(isFree).map((field) => [field.name, field]),
  );
  const picture = own.find(({ definition }) => definition['x-picture'] === true);
  const digest = digestOf(properties);
  return { fields, lookups, freeFields, publicFields, picture, digest, language, file };
}

function isFree(field: Field): field is FreeField {
  return field.maxBytes !== undefined;
}

function compileField(name: string, definition: FieldDefinition): Field {
  // Nobody sees or writes a retired field, and nothing is taken over into it.
  const isRetired = definition['x-retired'] === true;
  const readers = new Set<Reader>(isRetired ? [] : (definition['x-read'] ?? ['self', 'service']));
  // What everyone may see, the person and services may see.
  if (readers.has('everyone')) readers.add('self').add('service');
  return {
    name,
    definition,
    check: compileCheck(definition),
    readers,
    writers: new Set(isRetired ? [] : (definition['x-write'] ?? ['service'])),
    from: isRetired ? undefined : definition['x-from'],
    index: definition['x-lookup'],
    maxBytes: definition.type === 'object' ? definition['x-maxBytes'] : undefined,
    isRetired,
  };
}

function digestOf(properties: Record<string, FieldDefinition>): string {
  const text = JSON.stringify(properties, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? sortKeys(value) : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function sortKeys(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
