import type { RefusalCode } from '../../../refusal.ts';
import { answers, empty, json } from '../../answers.ts';
import type { Contract } from '../contract.ts';
import {
  profileParams,
  profileQuery,
  readHeaders,
  replaceHeaders,
  writeHeaders,
} from '../schemas.ts';

const tags = ['Profiles'];
const writtenUnseen = empty(
  'Done. The caller may not read the profile (no `profiles/read`) and gets its `ETag` alone.',
);
/** What a write of fields can be refused with, besides what any request can. */
const ofWrites: readonly RefusalCode[] = [
  'FIELD_NOT_WRITABLE',
  'PREFERENCES_TOO_LARGE',
  'INSUFFICIENT_SCOPE',
  'PROFILE_NOT_FOUND',
  'PROFILE_ERASED',
  'VERSION_MISMATCH',
  'WRITE_CONTENTION',
];
const selfOrService = [{ person: [] }, { service: [] }];

/** What the contract says of the operations on a profile by its user id. */
export function describeProfileOperations({
  profileAnswer,
  profileContent,
  profileExport,
  profilePatch,
}: Contract) {
  return {
    getProfile: {
      operationId: 'getProfile',
      summary: 'Read a profile',
      description:
        "Returns the profile of a user id. A person may read their own, which their first request creates as `/v1/profiles/me` does; anybody else's is 403, whether it exists or not. Services need the scope `profiles/read`.",
      tags,
      security: selfOrService,
      params: profileParams,
      querystring: profileQuery,
      headers: readHeaders,
      response: answers(
        {
          200: json('The profile.', profileAnswer),
          304: empty('The caller has this version already.'),
        },
        { problems: ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND', 'PROFILE_ERASED'] },
      ),
    },
    replaceProfile: {
      operationId: 'replaceProfile',
      summary: 'Create or replace a profile',
      description:
        'Gives a profile exactly the fields of the body, of those that services may write. `If-None-Match: *` creates and never overwrites; `If-Match` replaces the version the caller has seen, or any with `*`. One of them is required. Services need the scope `profiles/write`; a replacement returns the profile to services that have `profiles/read` too, and 204 to the others.',
      tags,
      security: [{ service: [] }],
      params: profileParams,
      headers: replaceHeaders,
      body: profileContent,
      response: answers(
        {
          200: json('The profile after the replacement.', profileAnswer),
          201: json('The profile that was created.', profileAnswer),
          204: writtenUnseen,
        },
        {
          body: true,
          problems: [...ofWrites, 'PRECONDITION_REQUIRED'],
        },
      ),
    },
    updateProfile: {
      operationId: 'updateProfile',
      summary: 'Change a profile',
      description:
        'Applies a JSON merge patch to the profile of a user id. People may change the fields that are theirs, of their own profile; services with the scope `profiles/write` those that are theirs, of any profile. Services without `profiles/read` get 204 and the entity tag. A new address is unverified unless the patch also sets `emailVerified`; without an address there is nothing to verify, and `emailVerified` is refused.',
      tags,
      security: selfOrService,
      params: profileParams,
      headers: writeHeaders,
      body: profilePatch,
      response: answers(
        { 200: json('The profile after the change.', profileAnswer), 204: writtenUnseen },
        {
          body: true,
          problems: ofWrites,
        },
      ),
    },
    eraseProfile: {
      operationId: 'eraseProfile',
      summary: 'Erase a profile',
      description:
        'Erases everything held about a user id and leaves a mark without personal data. Services need the scope `profiles/erase`.',
      tags,
      security: selfOrService,
      params: profileParams,
      headers: writeHeaders,
      response: answers(
        { 204: empty('Erased.') },
        {
          body: true,
          problems: [
            'INSUFFICIENT_SCOPE',
            'PROFILE_NOT_FOUND',
            'PROFILE_ERASED',
            'VERSION_MISMATCH',
            'WRITE_CONTENTION',
          ],
        },
      ),
    },
    exportProfile: {
      operationId: 'exportProfile',
      summary: "Export a person's data",
      description:
        'Everything held about a user id, as a JSON download. Services need the scope `profiles/read`.',
      tags,
      security: [{ service: [] }],
      params: profileParams,
      response: answers(
        { 200: json('Everything held about this person.', profileExport) },
        { problems: ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND', 'PROFILE_ERASED'] },
      ),
    },
  };
}
