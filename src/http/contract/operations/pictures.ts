import { answers, empty, json } from '../../answers.ts';
import type { Contract } from '../contract.ts';
import { profileParams, writeHeaders } from '../schemas.ts';

const selfOrService = [{ person: [] }, { service: [] }];
const writtenUnseen = empty(
  'Done. The caller may not read the profile (no `profiles/read`) and gets its `ETag` alone.',
);
const ofPictures = [
  'FIELD_NOT_WRITABLE',
  'PROFILE_ERASED',
  'VERSION_MISMATCH',
  'WRITE_CONTENTION',
] as const;
const ofUploads = [
  ...ofPictures,
  'PICTURE_INVALID',
  'UNSUPPORTED_MEDIA_TYPE',
  'PAYLOAD_TOO_LARGE',
] as const;
const byId = ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND'] as const;

const taken =
  'The body is a JPEG, PNG or WebP picture of at most 1 MiB and 16 to 4,096 pixels a side; its content tells which, not its type. It is decoded and encoded anew: upright, its middle square, of an animated one the first frame, without anything that came with it. The profile then has its address, which a later sign-in leaves alone; the same address with `-96` in place of `-512` is a small one.';

/** What the contract says of uploaded pictures, where the service takes them. */
export function describePictureOperations({ profileAnswer }: Contract) {
  const set = {
    headers: writeHeaders,
    tags: ['Pictures'],
  };
  return {
    setMyPicture: {
      ...set,
      operationId: 'setMyPicture',
      summary: 'Upload my picture',
      description: `${taken} Returns what a change of the profile does.`,
      security: [{ person: [] }],
      response: answers(
        { 200: json('The profile with the picture.', profileAnswer) },
        { problems: ofUploads },
      ),
    },
    removeMyPicture: {
      ...set,
      operationId: 'removeMyPicture',
      summary: 'Remove my picture',
      description:
        'Takes the picture from the profile, wherever it came from, and deletes it where it was uploaded. Returns what a change of the profile does.',
      security: [{ person: [] }],
      response: answers(
        { 200: json('The profile without a picture.', profileAnswer) },
        { body: true, problems: ofPictures },
      ),
    },
    setPicture: {
      ...set,
      operationId: 'setPicture',
      summary: "Upload a person's picture",
      description: `${taken} People may set their own, services with the scope \`profiles/write\` anybody's. Services without \`profiles/read\` get 204 and the entity tag.`,
      security: selfOrService,
      params: profileParams,
      response: answers(
        { 200: json('The profile with the picture.', profileAnswer), 204: writtenUnseen },
        { problems: [...ofUploads, ...byId] },
      ),
    },
    removePicture: {
      ...set,
      operationId: 'removePicture',
      summary: "Remove a person's picture",
      description:
        "Takes the picture from the profile and deletes it where it was uploaded. People may remove their own, services with the scope `profiles/write` anybody's. Services without `profiles/read` get 204 and the entity tag.",
      security: selfOrService,
      params: profileParams,
      response: answers(
        { 200: json('The profile without a picture.', profileAnswer), 204: writtenUnseen },
        { body: true, problems: [...ofPictures, ...byId] },
      ),
    },
  };
}
