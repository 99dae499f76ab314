import { answers, empty, json } from '../../answers.ts';
import type { Contract } from '../contract.ts';
import { readHeaders, writeHeaders } from '../schemas.ts';

const tags = ['Own profile'];
const security = [{ person: [] }];

/** What the contract says of the operations on one's own profile. */
export function describeOwnOperations({ ownPatch, profileAnswer, profileExport }: Contract) {
  return {
    getMyProfile: {
      operationId: 'getMyProfile',
      summary: 'Read my profile',
      description:
        "Returns the caller's own profile. The first request of a person creates it, with the names, address and picture that Cognito knows; a later sign-in completes and refreshes what nobody has changed by hand.",
      tags,
      security,
      headers: readHeaders,
      response: answers(
        {
          200: json('The profile.', profileAnswer),
          304: empty('The caller has this version already.'),
        },
        { problems: ['PROFILE_ERASED'] },
      ),
    },
    updateMyProfile: {
      operationId: 'updateMyProfile',
      summary: 'Change my profile',
      description:
        "Applies a JSON merge patch to the caller's own profile, of the fields that people may write. Patches of different fields, or of different keys of an object, made at the same moment all survive. A patch that changes nothing leaves the version as it is. With `If-Match` the patch applies only to the version the caller has seen.",
      tags,
      security,
      headers: writeHeaders,
      body: ownPatch,
      response: answers(
        { 200: json('The profile after the change.', profileAnswer) },
        {
          body: true,
          problems: [
            'FIELD_NOT_WRITABLE',
            'PREFERENCES_TOO_LARGE',
            'PROFILE_ERASED',
            'VERSION_MISMATCH',
            'WRITE_CONTENTION',
          ],
        },
      ),
    },
    eraseMyProfile: {
      operationId: 'eraseMyProfile',
      summary: 'Erase my profile',
      description:
        'Erases everything held about the caller and leaves a mark without personal data. Tokens of sign-ins before the erasure are answered 410 from then on; a new sign-in starts a fresh profile. The Cognito user is not touched.',
      tags,
      security,
      headers: writeHeaders,
      response: answers(
        { 204: empty('Erased.') },
        { body: true, problems: ['PROFILE_ERASED', 'VERSION_MISMATCH', 'WRITE_CONTENTION'] },
      ),
    },
    exportMyProfile: {
      operationId: 'exportMyProfile',
      summary: 'Export my data',
      description:
        'Everything held about the caller, as a JSON download: the profile, who wrote each field, and what the service keeps beside it.',
      tags,
      security,
      response: answers(
        { 200: json('Everything held about the caller.', profileExport) },
        { problems: ['PROFILE_ERASED'] },
      ),
    },
  };
}
