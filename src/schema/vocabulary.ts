import * as z from 'zod';

// The keywords of `profile.schema.json`: JSON Schema 2020-12 as far as a profile needs it, and a few
// of our own. `npm run openapi` makes `profile.meta.json` of them.

export const readers = ['self', 'service', 'everyone'] as const;
export const writers = ['self', 'service'] as const;
export type Reader = (typeof readers)[number];
export type Writer = (typeof writers)[number];

/** Field names of autofill that a text of a profile can have. Source: HTML, section 4.10.18.7. */
const autofillNames = [
  ...['name', 'honorific-prefix', 'given-name', 'additional-name', 'family-name'],
  ...['honorific-suffix', 'nickname', 'organization-title', 'organization', 'street-address'],
  ...['address-line1', 'address-line2', 'address-line3', 'address-level1', 'address-level2'],
  ...['address-level3', 'address-level4', 'country', 'country-name', 'postal-code', 'language'],
  ...['bday', 'sex', 'url', 'photo', 'tel', 'impp'],
] as const;

const formats = ['email', 'uri', 'date', 'date-time'] as const;

const count = z.int().min(0);
const longestText = 100_000;

/** BCP 47. */
const languageTag = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

const annotations = {
  title: z.string().min(1).max(100).optional().meta({ description: 'The label people read.' }),
  'x-title': z

    .record(z.string().regex(languageTag), z.string().min(1).max(100))
    .optional()
    .meta({ description: 'Labels by language tag (BCP 47), such as `de`.' }),
  description: z.string().min(1).max(1000).optional(),
  examples: z.array(z.json()).max(10).optional(),
};

const text = {
  type: z.literal('string'),
  minLength: count
    .min(1)
    .optional()
    .meta({ description: 'Code points; at least and by default 1.' }),
  maxLength: count.min(1).max(longestText).optional().meta({
    description: 'Code points. Required without `enum` and `format: date` or `date-time`.',
  }),
  format: z.enum(formats).optional().meta({ description: '`uri` takes https alone.' }),
  pattern: z
    .string()
    .optional()
    .meta({ description: 'Anchored: `^…$`. Checked after the length.' }),
  enum: z.array(z.string().min(1).max(1000)).min(1).max(500).optional(),
  'x-autocomplete': z.enum(autofillNames).optional().meta({
    description: 'What a browser may fill in (HTML, autofill), and who it is at a glance.',
  }),
};
const integer = {
  type: z.literal('integer'),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
};
const number = {
  type: z.literal('number'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
};
const boolean = { type: z.literal('boolean') };

const scalars = [
  z.strictObject({ ...text, ...annotations }),
  z.strictObject({ ...integer, ...annotations }),
  z.strictObject({ ...number, ...annotations }),
  z.strictObject({ ...boolean, ...annotations }),
] as const;

const array = {
  type: z.literal('array'),
  items: z.discriminatedUnion('type', scalars),
  maxItems: count.min(1).max(1000),
};

/** Each name of a field and of a property of a typed object. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const object = {
  type: z.literal('object'),
  properties: z
    .record(
      z.string(),
      z.lazy((): z.ZodType<Property> => property),
    )
    .optional(),
  additionalProperties: z.boolean().optional(),
  'x-maxBytes': count
    .min(2)
    .max(150_000)
    .optional()
    .meta({ description: 'Serialized size of a free object. Required with additionalProperties.' }),
};

const property: z.ZodType<Property> = z.discriminatedUnion('type', [
  ...scalars,
  z.strictObject({ ...array, ...annotations }),
  z.strictObject({ ...object, ...annotations }),
]);

/** One value as the file describes it, without what only a whole field has. */
export type Property = Scalar | ArrayProperty | ObjectProperty;
export type Scalar = z.output<(typeof scalars)[number]>;
export type TextProperty = Extract<Scalar, { type: 'string' }>;
interface Annotations {
  title?: string | undefined;
  'x-title'?: Record<string, string> | undefined;
  description?: string | undefined;
  examples?: unknown[] | undefined;
}
export interface ArrayProperty extends Annotations {
  type: 'array';
  items: Scalar;
  maxItems: number;
}
export interface ObjectProperty extends Annotations {
  type: 'object';
  properties?: Record<string, Property> | undefined;
  additionalProperties?: boolean | undefined;
  'x-maxBytes'?: number | undefined;
}

const ofFields = {
  'x-read': z
    .array(z.enum(readers))
    .optional()
    .meta({ description: 'Who sees the field; by default the person and services.' }),
  'x-write': z
    .array(z.enum(writers))
    .optional()
    .meta({ description: 'Who may change it; by default services alone.' }),
  'x-from': z
    .string()
    .regex(/^(?:custom:)?[\w.-]{1,100}$/)
    .optional()
    .meta({ description: 'The claim or Cognito attribute that a sign-in takes over.' }),
  'x-retired': z
    .boolean()
    .optional()
    .meta({ description: 'Hidden everywhere, kept in the export and in erasure.' }),
};

export const field = z.discriminatedUnion('type', [
  z.strictObject({
    ...text,
    ...annotations,
    ...ofFields,
    'x-lookup': z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,255}$/)
      .optional()
      .meta({ description: 'Name of a sparse index: services find profiles by this field.' }),
    'x-picture': z.boolean().optional().meta({
      description:
        'Pictures can be uploaded, and their address is kept here. Of one field at most.',
    }),
  }),
  z.strictObject({ ...integer, ...annotations, ...ofFields }),
  z.strictObject({ ...number, ...annotations, ...ofFields }),
  z.strictObject({ ...boolean, ...annotations, ...ofFields }),
  z.strictObject({ ...array, ...annotations, ...ofFields }),
  z.strictObject({ ...object, ...annotations, ...ofFields }),
]);

export type FieldDefinition = Property & {
  'x-read'?: Reader[] | undefined;
  'x-write'?: Writer[] | undefined;
  'x-from'?: string | undefined;
  'x-retired'?: boolean | undefined;
  'x-lookup'?: string | undefined;
  'x-picture'?: boolean | undefined;
};

export const schemaFile = z
  .strictObject({
    $schema: z.string().optional(),
    title: annotations.title,
    description: annotations.description,
    'x-language': z
      .string()
      .regex(languageTag)
      .optional()
      .meta({ description: 'What `title` and `description` are in; by default `en`.' }),
    type: z.literal('object'),
    properties: z.record(z.string().regex(namePattern), field),
  })
  .meta({ title: 'The fields of a profile' });

export interface SchemaFile {
  'x-language'?: string | undefined;
  properties: Record<string, FieldDefinition>;
}
