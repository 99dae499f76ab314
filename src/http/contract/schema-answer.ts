import * as z from 'zod';
import { maxViolations } from '../../json/json-value.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { maxBodyBytes } from '../problem.ts';

/** What a request may have, whatever the fields. */
export const limits = {
  bodyBytes: maxBodyBytes,
  violations: maxViolations,
  batchSize: 100,
  pageSize: 100,
};

const count = z.int().optional();

/** Only a schema that makes a field public has this to tell. */
const publicMark = {
  'x-public': z
    .boolean()
    .optional()
    .meta({ description: 'True where everyone may see the field.' }),
};

export type SchemaAnswer = ReturnType<typeof createSchemaAnswer>;

/** How the fields are told to callers, for this schema. */
export function createSchemaAnswer({ publicFields }: Pick<ProfileSchema, 'publicFields'>) {
  const fieldSchema = z
    .object({
      type: z.enum(['string', 'integer', 'number', 'boolean', 'array', 'object']),
      title: z.string().optional().meta({ description: 'The label people read.' }),
      description: z.string().optional(),
      // The reference page takes a schema without a type for a fault.
      examples: z
        .array(
          z.unknown().meta({ type: ['string', 'number', 'boolean', 'array', 'object'] as never }),
        )
        .optional(),
      readOnly: z
        .boolean()
        .optional()
        .meta({ description: 'True where this caller reads the field and may not write it.' }),
      format: z.enum(['email', 'uri', 'date', 'date-time']).optional(),
      minLength: count,
      maxLength: count.meta({ description: 'Unicode code points.' }),
      pattern: z.string().optional(),
      enum: z.array(z.string()).optional(),
      'x-autocomplete': z
        .string()
        .optional()
        .meta({ description: 'What a browser may fill in: a name of HTML autofill.' }),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      get items(): z.ZodOptional<z.ZodType> {
        return fieldSchema.optional();
      },
      maxItems: count,
      get properties(): z.ZodOptional<z.ZodType> {
        return z.record(z.string(), fieldSchema).optional();
      },
      additionalProperties: z
        .boolean()
        .optional()
        .meta({ description: 'True where an object takes any member.' }),
      'x-maxBytes': count.meta({ description: 'Serialized size of a free object.' }),
      ...(publicFields.length > 0 && publicMark),
      'x-from': z
        .string()
        .optional()
        .meta({ description: 'To services: the claim it comes from.' }),
      'x-lookup': z
        .string()
        .optional()
        .meta({ description: 'To services: the field is one that profiles are looked up by.' }),
    })
    .meta({ id: 'FieldSchema', description: 'One field of a profile, or a part of it.' });

  return z
    .object({
      $schema: z.string(),
      type: z.literal('object'),
      properties: z.record(z.string(), fieldSchema),
      'x-limits': z
        .object({
          bodyBytes: z.int().meta({ description: 'Of a request.' }),
          violations: z.int().meta({ description: 'Faults that an answer names.' }),
          batchSize: z.int().meta({ description: 'Ids of one batch.' }),
          pageSize: z.int().meta({ description: 'Profiles of one page.' }),
        })
        .meta({ description: 'What a request may have, whatever the fields.' }),
    })
    .meta({
      id: 'ProfileSchema',
      description: 'The fields of a profile as this caller sees them: JSON Schema 2020-12.',
      examples: [
        {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          properties: {
            email: {
              title: 'E-mail',
              type: 'string',
              format: 'email',
              maxLength: 254,
              readOnly: true,
            },
            displayName: { title: 'Name', type: 'string', minLength: 1, maxLength: 200 },
          },
          'x-limits': limits,
        },
      ],
    });
}

export const schemaQuery = z.object({
  audience: z.literal('self').optional().meta({
    description:
      'As a person sees and writes their own profile at `/v1/profiles/me`. Only an administrator needs it: they see what services see without it.',
  }),
});

export const schemaHeaders = z.object({
  'accept-language': z
    .string()
    .optional()
    .meta({
      description: 'The languages of the titles, by RFC 4647 lookup.',
      examples: ['de-AT, de;q=0.9, en;q=0.5'],
    }),
  'if-none-match': z
    .string()
    .optional()
    .meta({
      description: 'Returns 304 where the schema still has this entity tag.',
      examples: ['"kJ3wqQ8gq0mYb3F5yP2vXw"'],
    }),
});
