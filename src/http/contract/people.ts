import * as z from 'zod';
import { userId } from '../../profiles/record.ts';
import type { Field } from '../../schema/field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createExamples, type Examples } from './examples.ts';
import { toPersonSchema } from './field-schemas.ts';

/** What everyone may see of a person, as a component of the contract. */
export function toPersonComponent(
  publicFields: readonly Field[],
  { person }: Pick<Examples, 'person'>,
) {
  return {
    id: 'Person',
    ...toPersonSchema(publicFields),
    description: 'What everyone may see of a person. Absent fields are absent.',
    examples: [person],
  };
}

export type PeopleShapes = ReturnType<typeof createPeopleShapes>;

/** What the routes of people answer with, where any field is public. */
export function createPeopleShapes(schema: ProfileSchema) {
  const examples = createExamples(schema);
  const person = z.looseObject({}).meta(toPersonComponent(schema.publicFields, examples));
  const peopleAnswer = z
    .object({
      people: z.array(person).meta({ description: 'In the order asked, duplicates kept.' }),
      missing: z.array(userId).meta({
        description:
          'Ids under which there is nobody to see, each once: unknown, erased and hidden people alike.',
      }),
      unread: z.array(userId).optional().meta({
        description:
          'Ids this answer had no room for, in the order asked, duplicates kept: ask for them next. Absent where there are none.',
      }),
    })
    .meta({ id: 'PeopleAnswer', examples: [examples.peopleAnswer] });
  return { person, peopleAnswer };
}

export const personHeaders = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({
      description: 'Returns 304 where what everyone may see still has this entity tag.',
      examples: ['"kJ3wqQ8gq0mYb3F5yP2vXw"'],
    }),
});
