import * as z from 'zod';
import type { Violation } from '../../refusal.ts';
import type { Field } from '../../schema/field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { type JsonSchema, toFieldSchema } from './field-schemas.ts';
import { profileQuery } from './schemas.ts';

/** The query of the collection: one lookup field, or the page of a list. */
export function createListQuery({ fields, lookups }: ProfileSchema) {
  const names = [...lookups.keys()];
  const values = Object.fromEntries(
    names.map((name) => [name, toQueryValue(fields.get(name) as Field)]),
  );
  const parameters = z.strictObject({
    ...values,
    limit: z
      .string()
      .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
      .transform(Number)
      .pipe(z.int().min(1).max(100))
      .optional()
      .meta({
        description:
          'Profiles a page at most, 1 to 100; default 50. A page ends early where they are large.',
      }),
    cursor: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .meta({ description: 'A `nextCursor` of an earlier answer.' }),
    include: profileQuery.shape.include,
  });
  return parameters.refine(
    (query) => {
      const asked = names.filter((name) => valueAt(query, name) !== undefined);
      const lists = query.limit !== undefined || query.cursor !== undefined;
      return asked.length <= 1 && !(asked.length === 1 && lists);
    },
    { error: `takes one of ${names.join(', ')}, or limit and cursor` },
  );
}

/** The field that a query looks profiles up by, and its value as the field keeps it. */
export function findLookup(query: object, lookups: readonly Field[]) {
  for (const field of lookups) {
    const text = valueAt(query, field.name);
    if (text !== undefined) return { name: field.name, value: field.check(text, [], []) as string };
  }
  return undefined;
}

function valueAt(query: object, name: string): string | undefined {
  return (query as Record<string, string | undefined>)[name];
}

/** How a lookup field stands in the query, as the contract tells it. */
export function toLookupSchema(field: Field): JsonSchema {
  const isCore = field.name === 'email';
  return {
    ...toFieldSchema(field),
    ...(isCore && {
      description:
        'In any letter case. A `+` in it is written `%2B`: in a query, a bare one is a space.',
    }),
  };
}

/** Refined, not transformed: of a schema that transforms, the contract would lose the examples. */
function toQueryValue(field: Field) {
  return z
    .string()
    .superRefine((text, context) => {
      const found: Violation[] = [];
      field.check(text, [], found);
      for (const { detail } of found) {
        context.addIssue({ code: 'custom', message: detail, input: text });
      }
    })
    .optional()
    .meta(toLookupSchema(field));
}
