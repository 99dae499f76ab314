import { answers, empty, json } from '../../answers.ts';
import type { Contract } from '../contract.ts';
import { type PeopleShapes, personHeaders } from '../people.ts';
import { profileParams } from '../schemas.ts';

const tags = ['People'];
const security = [{ person: [] }, { service: [] }];

/** What the contract says of the operations on people, as others see them. */
export function describePeopleOperations(
  { batchRequest }: Pick<Contract, 'batchRequest'>,
  { person, peopleAnswer }: PeopleShapes,
) {
  return {
    getPerson: {
      operationId: 'getPerson',
      summary: 'Look at a person',
      description:
        'Answers what everyone may see of a person: the fields whose `x-read` has `everyone`. People who hide (`listed` is false), were erased or never were are one and the same 404, which takes a moment of its own. What a person sees under their own id is what others see. The entity tag is made from this answer alone, and the answer may be kept for a minute. Each id counts to a limit of its own (`PEOPLE_LIMIT_PER_MINUTE`). Services need the scope `profiles/read`.',
      tags,
      security,
      params: profileParams,
      headers: personHeaders,
      response: answers(
        {
          200: json('What everyone may see.', person),
          304: empty('The caller has this already.'),
        },
        { problems: ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND'] },
      ),
    },
    batchGetPeople: {
      operationId: 'batchGetPeople',
      summary: 'Look at many people',
      description:
        'Answers what everyone may see of 1 to 100 people, by user id and in the order asked; ids under which there is nobody to see are in `missing`. At 1 MiB the answer ends: the ids it did not come to are in `unread`, to be asked for again. A batch counts as many ids as it asks for to the limit of its caller, and is refused whole where they are more than are left. Services need the scope `profiles/read`.',
      tags,
      security,
      body: batchRequest,
      response: answers(
        { 200: json('The people found, and the ids without one.', peopleAnswer) },
        { body: true, problems: ['INSUFFICIENT_SCOPE'] },
      ),
    },
  };
}
