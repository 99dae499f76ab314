import type { Field } from './field.ts';
import { findLanguage } from './language.ts';
import type { ProfileSchema } from './profile-schema.ts';
import type { FieldDefinition, Property, Writer } from './vocabulary.ts';

/** A schema file as JSON Schema for those who send and read profiles. */
export interface DescribedSchema {
  readonly $schema: string;
  readonly type: 'object';
  readonly properties: Record<string, object>;
}

/** Every language that these readers can have titles in; the file's own comes first. */
export function listLanguages(schema: ProfileSchema, audience: Writer): string[] {
  const tags = listVisible(schema, audience).flatMap(({ definition }) => tagsOf(definition));
  return [...new Set([schema.language, ...tags])];
}

/** The fields that these readers see, with titles in this language. `uploads`: pictures are taken. */
export function describeSchema(
  schema: ProfileSchema,
  audience: Writer,
  language: string,
  uploads = false,
): DescribedSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(
      listVisible(schema, audience).map((field) => [
        field.name,
        describeField(field, audience, language, uploads),
      ]),
    ),
  };
}

function listVisible({ fields }: ProfileSchema, audience: Writer): Field[] {
  return [...fields.values()].filter(({ readers }) => readers.has(audience));
}

function describeField(field: Field, audience: Writer, language: string, uploads: boolean): object {
  const { name, definition, readers, writers, from, index } = field;
  const {
    'x-read': _readers,
    'x-write': _writers,
    'x-retired': _isRetired,
    'x-from': _from,
    'x-lookup': _lookup,
    'x-picture': isPicture,
    ...property
  } = definition as FieldDefinition;
  return {
    ...describeProperty(property as Property, language, name),
    ...(!writers.has(audience) && { readOnly: true }),
    // Told where this caller can upload one.
    ...(uploads && isPicture && writers.has(audience) && { 'x-picture': true }),
    ...(readers.has('everyone') && { 'x-public': true }),
    // Where a value comes from and how it is found are a service's business.
    ...(audience === 'service' && from !== undefined && { 'x-from': from }),
    ...(audience === 'service' && index !== undefined && { 'x-lookup': index }),
  };
}

function describeProperty(property: Property, language: string, name?: string): object {
  const { 'x-title': titles = {}, title = name, ...rest } = property;
  const tag = findLanguage([language], Object.keys(titles));
  const label = tag === undefined ? title : titles[tag];
  const described = { ...(label !== undefined && { title: label }), ...rest };
  switch (rest.type) {
    case 'string':
      // What is implied of a text is said, for a validator that knows nothing of profiles.
      return rest.enum ? described : { minLength: 1, ...described };
    case 'array':
      return { ...described, items: describeProperty(rest.items, language) };
    case 'object':
      return rest.properties
        ? { ...described, ...describeProperties(rest.properties, language) }
        : described;
    default:
      return described;
  }
}

function describeProperties(properties: Record<string, Property>, language: string) {
  const described = Object.entries(properties).map(
    ([name, property]) => [name, describeProperty(property, language, name)] as const,
  );
  return { properties: Object.fromEntries(described), additionalProperties: false };
}

function tagsOf(property: Property): string[] {
  const own = Object.keys(property['x-title'] ?? {});
  const inner = property.type === 'object' ? Object.values(property.properties ?? {}) : [];
  if (property.type === 'array') inner.push(property.items);
  return [...own, ...inner.flatMap(tagsOf)];
}
