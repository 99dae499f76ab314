import { extendPointer, hasLength, largestMagnitude } from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';
import { compileCheck } from './compile-check.ts';
import { findPatternFault } from './pattern/check-pattern.ts';
import { isQueryName } from './reserved-names.ts';
import { longestText } from './text/compile-text.ts';
import {
  type FieldDefinition,
  namePattern,
  type ObjectProperty,
  type Property,
  type TextProperty,
} from './vocabulary.ts';

const maxLevels = 16;
/** A key of an index is at most 2,048 bytes, and a character takes up to four. */
const maxLookupLength = 512;
/** What the address of an upload has at most: `PICTURES_BASE_URL` and the name of the picture. */
const minPictureLength = 512;
export const nameDetail =
  'is no name for a field: a letter, then up to 63 letters, digits or underscores';

/** What the form of a field's definition can't tell. */
export function findFieldFaults(
  name: string,
  field: FieldDefinition,
  pointer: string,
): Violation[] {
  const faults = findPropertyFaults(field, pointer, 1);
  const add = (keyword: string, detail: string) =>
    faults.push({ pointer: `${pointer}/${keyword}`, detail });
  const readers = field['x-read'] ?? ['self', 'service'];
  for (const writer of field['x-write'] ?? ['service']) {
    if (!readers.includes(writer) && !readers.includes('everyone')) {
      add('x-write', `has ${writer}, who can't read the field: x-read must have ${writer} too`);
    }
  }
  if (field['x-lookup'] !== undefined && field.type === 'string') {
    if (field['x-retired']) add('x-lookup', 'is not for a retired field');
    if (isQueryName(name))
      add('x-lookup', `can't be for ${name}: the query means something else by it`);
    if (longestText(field) > maxLookupLength) {
      const keyword = field.enum ? 'enum' : 'maxLength';
      add(keyword, `must be at most ${maxLookupLength} characters where x-lookup is given`);
    }
    if (!readers.includes('service') && !readers.includes('everyone')) {
      add('x-lookup', 'needs a field that services can read');
    }
  }
  if (field['x-picture'] && field.type === 'string') {
    if (field.format !== 'uri') add('x-picture', 'needs format: uri');
    if ((field.maxLength ?? 0) < minPictureLength) {
      add('maxLength', `must be at least ${minPictureLength} where x-picture is given`);
    }
  }
  if (faults.length === 0) faults.push(...findExampleFaults(field, pointer));
  return faults;
}

/** @param texts how many values of its kind a list may have */
function findPropertyFaults(
  property: Property,
  pointer: string,
  level: number,
  texts = 1,
): Violation[] {
  const faults: Violation[] = [];
  const add = (keyword: string, detail: string) =>
    faults.push({ pointer: keyword ? `${pointer}/${keyword}` : pointer, detail });
  if (property.type === 'string') addTextFaults(property, texts, add);
  if (property.type === 'integer' || property.type === 'number') {
    const { minimum = -largestMagnitude, maximum = largestMagnitude } = property;
    if (minimum > maximum) add('minimum', 'is above maximum');
    for (const bound of ['minimum', 'maximum'] as const) {
      if (Math.abs(property[bound] ?? 0) > largestMagnitude) add(bound, 'is beyond 9.9e125');
    }
  }
  if (property.type === 'array') {
    faults.push(
      ...findPropertyFaults(property.items, `${pointer}/items`, level + 1, property.maxItems),
    );
  }
  if (property.type === 'object') addObjectFaults(property, level, add);
  if (property.type === 'object' && level <= maxLevels) {
    for (const [name, inner] of Object.entries(property.properties ?? {})) {
      const at = extendPointer(`${pointer}/properties`, name);
      if (!namePattern.test(name)) faults.push({ pointer: at, detail: nameDetail });
      faults.push(...findPropertyFaults(inner, at, level + 1));
    }
  }
  return faults;
}

/** What the texts of a format have at least and at most, in characters. */
const lengthsOf: Record<string, readonly [number, number]> = {
  date: [10, 10],
  'date-time': [20, 35],
};

type Add = (keyword: string, detail: string) => void;

function addTextFaults(property: TextProperty, texts: number, add: Add): void {
  const { minLength = 1, maxLength, format, pattern } = property;
  const given = [format, pattern, property.enum].filter((form) => form !== undefined);
  if (given.length > 1) add('', 'has more than one of format, pattern and enum');
  const isBounded = property.enum !== undefined || format === 'date' || format === 'date-time';
  if (maxLength === undefined && !isBounded) add('maxLength', 'is required');
  if (maxLength !== undefined && minLength > maxLength) add('minLength', 'is above maxLength');
  if (property.enum?.some((value) => !hasLength(value, minLength, maxLength ?? Infinity))) {
    add('enum', 'has a value that minLength and maxLength leave out');
  }
  const [shortest, longest] = lengthsOf[format ?? ''] ?? [0, Infinity];
  if (minLength > longest) add('minLength', `is above the ${longest} characters of a ${format}`);
  if ((maxLength ?? Infinity) < shortest) {
    add('maxLength', `is below the ${shortest} characters of a ${format}`);
  }
  if (property.enum && new Set(property.enum).size < property.enum.length) {
    add('enum', 'has a value twice');
  }
  if (property.enum?.some((value) => !value.isWellFormed())) {
    add('enum', 'has a value that is not well-formed Unicode');
  }
  if (pattern !== undefined && maxLength !== undefined) {
    const fault = findPatternFault(pattern, maxLength, texts);
    if (fault) add('pattern', fault);
  }
}

function addObjectFaults(property: ObjectProperty, level: number, add: Add): void {
  const isFree = property.additionalProperties === true;
  if (level > maxLevels) add('', `is nested deeper than ${maxLevels} levels`);
  if (isFree === (property.properties !== undefined)) {
    add('', 'needs either properties or additionalProperties: true');
  }
  if (isFree && level > 1) add('additionalProperties', 'is for whole fields alone');
  if (isFree && property['x-maxBytes'] === undefined) add('x-maxBytes', 'is required');
  if (!isFree && property['x-maxBytes'] !== undefined) {
    add('x-maxBytes', 'is for an object with additionalProperties: true');
  }
}

function findExampleFaults(field: FieldDefinition, pointer: string): Violation[] {
  const check = compileCheck(field);
  const faults: Violation[] = [];
  for (const [index, example] of (field.examples ?? []).entries()) {
    check(example, [...pointer.split('/').slice(1), 'examples', index], faults);
  }
  return faults;
}
