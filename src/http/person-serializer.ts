import { isJsonObject, type JsonValue } from '../json/json-value.ts';
import type { Profile } from '../profiles/record.ts';
import type { Field } from '../schema/field.ts';
import type { Property } from '../schema/vocabulary.ts';

/** The JSON text of a value; undefined where it is not of the property's kind. */
type Write = (value: JsonValue | undefined) => string | undefined;

/**
 * Writes what everyone may see of a person, made of the public fields: it knows no others. Of a
 * value that an earlier schema left, only what is public by this one is written.
 */
export function createPersonSerializer(publicFields: readonly Field[]) {
  const writers = publicFields.map(({ name, definition }) => ({
    name,
    write: createWriter(definition),
    key: `,${JSON.stringify(name)}:`,
  }));

  return function serializePerson(profile: Profile): string {
    let text = `{"userId":${JSON.stringify(profile.userId)}`;
    for (const { name, key, write } of writers) {
      const written = write(profile[name]);
      if (written !== undefined) text += key + written;
    }
    return `${text}}`;
  };
}

function createWriter(property: Property): Write {
  switch (property.type) {
    case 'string':
      return (value) => (typeof value === 'string' ? JSON.stringify(value) : undefined);
    case 'integer':
    case 'number':
      return (value) => (typeof value === 'number' ? JSON.stringify(value) : undefined);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : undefined);
    case 'array': {
      const write = createWriter(property.items);
      return (value) =>
        Array.isArray(value) ? `[${value.map(write).filter(isWritten).join()}]` : undefined;
    }
    case 'object':
      return property.properties
        ? createObjectWriter(property.properties)
        : (value) => (isJsonObject(value) ? JSON.stringify(value) : undefined);
  }
}

function createObjectWriter(properties: Record<string, Property>): Write {
  const writers = Object.entries(properties).map(([name, property]) => ({
    name,
    write: createWriter(property),
    key: `${JSON.stringify(name)}:`,
  }));
  return (value) => {
    if (!isJsonObject(value)) return undefined;
    const members = writers.flatMap(({ name, key, write }) => {
      const written = write(value[name]);
      return written === undefined ? [] : [key + written];
    });
    return `{${members.join()}}`;
  };
}

function isWritten(text: string | undefined): text is string {
  return text !== undefined;
}
