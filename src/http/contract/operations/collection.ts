import { answers, json } from '../../answers.ts';
import type { Contract } from '../contract.ts';

const tags = ['Lookup'];
const security = [{ service: [] }];

/** What the contract says of the operations on many profiles. */
export function describeCollectionOperations({
  batchAnswer,
  batchRequest,
  listQuery,
  profileList,
}: Contract) {
  return {
    findProfiles: {
      operationId: 'findProfiles',
      summary: 'Look profiles up, or list them all',
      description:
        'With a field to look up: the profiles that have this value now, possibly several (the same person through Google and through a password is two), possibly none, 100 at most; 503 while the index of the field is being made. Without: all profiles, page by page; follow `nextCursor` until there is none. A page ends early where its profiles are large, at 1 MiB. Services need the scope `profiles/read`.',
      tags,
      security,
      querystring: listQuery,
      response: answers(
        { 200: json('The profiles found.', profileList) },
        { problems: ['CURSOR_INVALID', 'INSUFFICIENT_SCOPE'] },
      ),
    },
    batchGetProfiles: {
      operationId: 'batchGetProfiles',
      summary: 'Read many profiles',
      description:
        'Reads 1 to 100 profiles by user id. The answer keeps the order asked; ids without a profile are listed in `missing`. At 1 MiB of profiles the answer ends: the ids it did not come to are in `unread`, to be asked for again. Services need the scope `profiles/read`.',
      tags,
      security,
      body: batchRequest,
      response: answers(
        { 200: json('The profiles found and the ids without one.', batchAnswer) },
        { body: true, problems: ['INSUFFICIENT_SCOPE'] },
      ),
    },
  };
}
