import { createHash } from 'node:crypto';
import type { JsonObject } from '../json/json-value.ts';
import type { Check } from './check.ts';
import { compileCheck } from './compile-check.ts';
import { readSchemaFile } from './read-schema.ts';
import type { FieldDefinition, Reader, Writer } from './vocabulary.ts';

/** A field of a team's own, compiled. */
export interface Field {
  readonly name: string;
  readonly definition: FieldDefinition;
  readonly check: Check;
  readonly readers: ReadonlySet<Reader>;
  readonly writers: ReadonlySet<Writer>;
  /** The claim or Cognito attribute that a sign-in and the backfill take over. */
  readonly from?: string | undefined;
  /** The sparse index that services look profiles up by. */
  readonly index?: string | undefined;
  /** Largest serialized size, of a free object alone. */
  readonly maxBytes?: number | undefined;
  /** Hidden everywhere, kept in the export and in erasure. */
  readonly isRetired: boolean;
}

/** The fields of a profile beyond the core, read and compiled once at start. */
export interface ProfileSchema {
  readonly fields: ReadonlyMap<string, Field>;
  /** Tells two schemas apart; the same for the same definitions, whatever their order. */
  readonly digest: string;
}

/** @throws {SchemaFaults} with every fault of the file. */
export function compileSchema(value: unknown): ProfileSchema {
  const { properties } = readSchemaFile(value);
  const fields = new Map(
    Object.entries(properties).map(([name, definition]) => [name, compileField(name, definition)]),
  );
  return { fields, digest: digestOf(properties) };
}

function compileField(name: string, definition: FieldDefinition): Field {
  const readers = new Set<Reader>(definition['x-read'] ?? ['self', 'service']);
  // What everyone may see, the person and services may see.
  if (readers.has('everyone')) readers.add('self').add('service');
  return {
    name,
    definition,
    check: compileCheck(definition),
    readers,
    writers: new Set(definition['x-write'] ?? ['service']),
    from: definition['x-from'],
    index: definition['x-lookup'],
    maxBytes: definition.type === 'object' ? definition['x-maxBytes'] : undefined,
    isRetired: definition['x-retired'] === true,
  };
}

function digestOf(properties: Record<string, FieldDefinition>): string {
  const text = JSON.stringify(properties, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? sortKeys(value) : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function sortKeys(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
