import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createExamples } from './examples.ts';
import { toPersonComponent } from './people.ts';

/** What a contract has besides where any field is public, as it lies beside it (`openapi.people.yaml`). */
export interface PeopleContract {
  readonly tags: readonly object[];
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Document {
  readonly tags: object[];
  readonly paths: Record<string, object>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** The contract of a service with these public fields. Fill in its other fields afterwards. */
export function addPeople(
  document: unknown,
  { tags, paths, components }: PeopleContract,
  schema: ProfileSchema,
): unknown {
  const added = structuredClone(document) as Document;
  const examples = createExamples(schema);
  const { id, ...person } = toPersonComponent(schema.publicFields, examples);
  const { PeopleAnswer } = components.schemas;
  added.tags.push(...tags);
  Object.assign(added.paths, paths);
  Object.assign(added.components.schemas, components.schemas, {
    [id]: person,
    PeopleAnswer: { ...PeopleAnswer, examples: [examples.peopleAnswer] },
  });
  return added;
}
