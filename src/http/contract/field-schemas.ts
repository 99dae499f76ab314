import type { JsonObject, JsonValue } from '../../json/json-value.ts';
import type { Field } from '../../schema/field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { ObjectProperty, Property, TextProperty, Writer } from '../../schema/vocabulary.ts';

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = JsonObject;

const userId: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  description: "The person's Cognito `sub`. Not always a UUID.",
  examples: ['5f1c2d34-90ab-4cde-8f01-23456789abcd'],
};
const timestamp: JsonSchema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  description: 'RFC 3339, UTC, milliseconds.',
  examples: ['2026-11-22T10:15:30.123Z'],
};
const version: JsonSchema = {
  type: 'integer',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Rises by one at every change.',
  examples: [3],
};

/** Every field that `isIncluded`, beside the keys and times of a profile. */
export function toProfileSchema(
  { fields }: ProfileSchema,
  isIncluded: (field: Field) => boolean = isVisible,
): JsonSchema {
  return {
    type: 'object',
    properties: {
      userId,
      ...toSchemaOfEach([...fields.values()].filter(isIncluded), toFieldSchema),
      createdAt: timestamp,
      updatedAt: timestamp,
      version,
    },
    required: ['userId', 'createdAt', 'updatedAt', 'version'],
    additionalProperties: false,
  };
}

/** What everyone may see. */
export function toPersonSchema(publicFields: readonly Field[]): JsonSchema {
  return {
    type: 'object',
    properties: { userId, ...toSchemaOfEach(publicFields, toFieldSchema) },
    required: ['userId'],
    additionalProperties: false,
  };
}

/** What these kinds of caller may send as a merge patch. */
export function toPatchSchema({ fields }: ProfileSchema, writers: readonly Writer[]): JsonSchema {
  return {
    type: 'object',
    properties: toSchemaOfEach(
      [...fields.values()].filter((field) => writers.some((one) => field.writers.has(one))),
      (field) => nullable(toPropertySchema(field.definition, nullable)),
    ),
    additionalProperties: false,
  };
}

/** Everything that services may write. */
export function toContentSchema({ fields }: ProfileSchema): JsonSchema {
  const written = [...fields.values()].filter(({ writers }) => writers.has('service'));
  return {
    type: 'object',
    properties: toSchemaOfEach(written, toFieldSchema),
    additionalProperties: false,
  };
}

/** A field as the contract has it: the definition without what is for us alone. */
export function toFieldSchema(field: Field): JsonSchema {
  return toPropertySchema(field.definition);
}

export function isVisible({ isRetired }: Field): boolean {
  return !isRetired;
}

function toSchemaOfEach(
  fields: readonly Field[],
  describe: (field: Field) => JsonSchema,
): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, describe(field)]));
}

const nullable = (schema: JsonSchema): JsonSchema => ({
  anyOf: [schema, { type: 'null' }],
});
const asIs = (schema: JsonSchema): JsonSchema => schema;

function toPropertySchema(property: Property, wrap = asIs): JsonSchema {
  const { title, description, examples } = property;
  return withoutAbsent({
    ...toTypeSchema(property, wrap),
    title,
    description: description ?? formatBounds(property),
    // A copy: generators take schemas apart.
    examples: structuredClone(examples) as JsonValue[] | undefined,
  });
}

function toTypeSchema(
  property: Property,
  wrap: typeof asIs,
): Record<string, JsonValue | undefined> {
  switch (property.type) {
    case 'string':
      return toTextSchema(property);
    case 'integer':
      return {
        type: 'integer',
        minimum: property.minimum ?? Number.MIN_SAFE_INTEGER,
        maximum: property.maximum ?? Number.MAX_SAFE_INTEGER,
      };
    case 'number':
      return { type: 'number', minimum: property.minimum, maximum: property.maximum };
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return {
        type: 'array',
        items: toPropertySchema(property.items),
        maxItems: property.maxItems,
      };
    case 'object':
      return toObjectSchema(property, wrap);
  }
}

function toTextSchema({
  format,
  pattern,
  minLength = 1,
  maxLength,
  enum: values,
}: TextProperty): Record<string, JsonValue | undefined> {
  if (values) return { type: 'string', enum: values };
  // Letters beyond ASCII come from identity providers (RFC 6531); the shortest is `a@b`.
  if (format === 'email') return { type: 'string', format: 'idn-email', minLength: 3, maxLength };
  return { type: 'string', format, pattern, minLength, maxLength };
}

function toObjectSchema(property: ObjectProperty, wrap: typeof asIs) {
  if (!property.properties) return { type: 'object', additionalProperties: true };
  const inner = Object.entries(property.properties).map(([name, value]) => [
    name,
    wrap(toPropertySchema(value, wrap)),
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(inner) as JsonObject,
    additionalProperties: false,
  };
}

/** What JSON Schema has no keyword for. */
function formatBounds(property: Property): string | undefined {
  if (property.type === 'string' && property.format === 'uri') {
    return 'An absolute `https:` URL in its canonical form, as a browser serializes it.';
  }
  if (property.type !== 'object' || property.properties) return undefined;
  const kib = (property['x-maxBytes'] ?? 0) / 1024;
  const bytes = Number.isInteger(kib) ? `${kib} KiB` : `${property['x-maxBytes']} bytes`;
  return `Any JSON object: at most ${bytes} serialized, 16 levels deep, keys of 1 to 255 characters, counted in code points.`;
}

function withoutAbsent(schema: Record<string, JsonValue | undefined>): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
