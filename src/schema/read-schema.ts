import { parse } from 'secure-json-parse';
import * as z from 'zod';
import { explainIssue } from '../explain-issue.ts';
import { repeatsKey } from '../json/json-text.ts';
import { extendPointer } from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';
import { findFieldFaults, nameDetail } from './definition-faults.ts';
import { measureLargest, measureNotes } from './item-size.ts';
import { findNameFault } from './reserved-names.ts';
import { SchemaFaults } from './schema-faults.ts';
import {
  type FieldDefinition,
  field,
  namePattern,
  type SchemaFile,
  schemaFile,
} from './vocabulary.ts';

/** An item may have 400 KB; the rest is for the core fields, who wrote each field, and growth. */
const maxItemBytes = 350 * 1024;
/** With who wrote each field, which thousands of fields have more of than is left. */
const maxNotedBytes = 396 * 1024;
/** DynamoDB allows 20 indexes a table, and one is for `email`. */
const maxLookups = 19;
const coreLookup = 'EmailIndex';
const fields = '/properties';
/** Each schema here reads one file once, so zod shall not compile it first. */
const explained = { error: explainIssue, jitless: true };

/**
 * As `readSchemaFile`, from the text of the file.
 * @throws {SchemaFaults} with every fault of the file.
 */
export function parseSchemaText(text: string): SchemaFile {
  let value: unknown;
  try {
    value = parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    throw new SchemaFaults([{ pointer: '', detail: `is not JSON: ${(error as Error).message}` }]);
  }
  if (repeatsKey(text, value)) {
    throw new SchemaFaults([{ pointer: '', detail: 'has a key twice in one object' }]);
  }
  return readSchemaFile(value);
}

/**
 * The definitions of a schema file.
 * @throws {SchemaFaults} with every fault of the file.
 */
export function readSchemaFile(value: unknown): SchemaFile {
  const frame = schemaFile.extend({ properties: z.record(z.string(), z.unknown()) });
  const parsed = frame.safeParse(value, explained);
  const faults = [
    ...(parsed.error ? toViolations(parsed.error, '') : []),
    ...findNameFaults(value),
  ];
  const properties: Record<string, FieldDefinition> = {};
  // Each by itself: a definition that is not understood must not hide what is wrong with the others.
  for (const [name, definition] of Object.entries(parsed.data?.properties ?? {})) {
    const pointer = extendPointer(fields, name);
    const read = field.safeParse(definition, explained);
    if (read.error) faults.push(...toViolations(read.error, pointer));
    else {
      properties[name] = read.data as FieldDefinition;
      faults.push(...findFieldFaults(name, properties[name], pointer));
    }
  }
  const entries = Object.entries(properties);
  faults.push(
    ...findLookupFaults(entries),
    ...findPictureFaults(entries),
    ...findSizeFaults(entries),
  );
  if (faults.length > 0) throw new SchemaFaults(faults);
  return { properties, 'x-language': parsed.data?.['x-language'] };
}

function findNameFaults(value: unknown): Violation[] {
  const properties = (value as Partial<SchemaFile> | null)?.properties;
  if (typeof properties !== 'object' || properties === null) return [];
  const isFree = (name: string) => {
    const field = properties[name];
    return field?.type === 'object' && field.additionalProperties === true;
  };
  return Object.keys(properties).flatMap((name) => {
    const detail = namePattern.test(name) ? findNameFault(name, isFree) : nameDetail;
    return detail ? [{ pointer: extendPointer(fields, name), detail }] : [];
  });
}

function findLookupFaults(entries: readonly [string, FieldDefinition][]): Violation[] {
  const faults: Violation[] = [];
  const taken = new Map([[coreLookup, 'email']]);
  for (const [name, field] of entries) {
    const index = field['x-lookup'];
    if (index === undefined) continue;
    const owner = taken.get(index);
    const pointer = `${extendPointer(fields, name)}/x-lookup`;
    if (owner) faults.push({ pointer, detail: `is the index of ${owner} already` });
    taken.set(index, name);
  }
  if (taken.size - 1 > maxLookups) {
    faults.push({
      pointer: fields,
      detail: `has ${taken.size - 1} lookups: at most ${maxLookups}`,
    });
  }
  return faults;
}

function findPictureFaults(entries: readonly [string, FieldDefinition][]): Violation[] {
  const [first, ...others] = entries.filter(([, field]) => field['x-picture']);
  return others.map(([name]) => ({
    pointer: `${extendPointer(fields, name)}/x-picture`,
    detail: `is for one field, and ${first?.[0]} has it already`,
  }));
}

function findSizeFaults(entries: readonly [string, FieldDefinition][]): Violation[] {
  const bytes = entries.reduce(
    (sum, [name, field]) => sum + name.length + measureLargest(field),
    0,
  );
  const notedBytes = entries.reduce((sum, [name]) => sum + measureNotes(name), bytes);
  if (bytes <= maxItemBytes && notedBytes > maxNotedBytes) {
    const detail = `a profile could take ${notedBytes} bytes with who wrote each of its ${entries.length} fields, and ${maxNotedBytes} fit an item`;
    return [{ pointer: fields, detail }];
  }
  if (bytes <= maxItemBytes) return [];
  const largest = entries
    .toSorted(([, one], [, other]) => measureLargest(other) - measureLargest(one))
    .slice(0, 3)
    .map(([name, field]) => `${name} ${measureLargest(field)}`);
  const detail = `a profile could take ${bytes} bytes, and ${maxItemBytes} fit an item; the largest fields: ${largest.join(', ')}`;
  return [{ pointer: fields, detail }];
}

/** What zod says of a definition, as sentences about keywords. */
function toViolations({ issues }: z.ZodError, base: string): Violation[] {
  return issues.flatMap((issue) => {
    const pointer = issue.path.reduce<string>((at, key) => extendPointer(at, String(key)), base);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: extendPointer(pointer, key),
        detail: 'is not a keyword that can stand here',
      }));
    }
    return [{ pointer, detail: describeIssue(issue) }];
  });
}

function describeIssue({ code, message }: z.core.$ZodIssue): string {
  if (code === 'invalid_union') {
    return 'needs a type: string, integer, number, boolean, array or object';
  }
  if (code === 'invalid_key') return 'is not a language tag such as de or pt-BR';
  return code === 'invalid_format' ? 'does not have the right form' : message;
}
