import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createExamples } from './examples.ts';
import { type ContractAddition, type ContractDocument, extendContract } from './extend-contract.ts';
import { toPersonComponent } from './people.ts';

/**
 * The contract of a service with these public fields (`openapi.people.yaml`). Fill in its other
 * fields afterwards.
 */
export function addPeople(
  document: unknown,
  people: ContractAddition,
  schema: ProfileSchema,
): ContractDocument {
  const examples = createExamples(schema);
  const { id, ...person } = toPersonComponent(schema.publicFields, examples);
  const added = extendContract(document, people);
  const { schemas } = added.components;
  schemas[id] = person;
  schemas.PeopleAnswer = { ...schemas.PeopleAnswer, examples: [examples.peopleAnswer] };
  return added;
}
