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
        'Returns what everyone may see of a person: the fields whose `x-read` has `everyone`. Somebody who hides (`listed` is false), somebody who was erased and an id that nobody ever had get the same 404, after at least 50 ms, so that nobody learns which it is. People see under their own id what others see. The entity tag is made from this answer alone, and callers may keep the answer for a minute. Each id counts towards a limit of its own (`PEOPLE_LIMIT_PER_MINUTE`). Services need the scope `profiles/read`.',
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
        'Returns what everyone may see of 1 to 100 people, in the order asked; ids under which there is nobody to see are in `missing`. At 1 MiB the answer ends: the ids it did not come to are in `unread`, to be asked for again. Each id of a batch counts towards the limit of its caller; a batch of more ids than are left is refused whole. Services need the scope `profiles/read`.',
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
