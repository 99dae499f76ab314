import { describeError, isRefusal } from './describe-error.ts';
import { PictureFault } from './picture-file.ts';
import type { Texts } from './texts/en.ts';

type Kind = keyof Texts['picture']['faults'];

/** By the code of the refusal. */
const kinds: Readonly<Record<string, Kind>> = {
  PAYLOAD_TOO_LARGE: 'tooLarge',
  UNSUPPORTED_MEDIA_TYPE: 'notPicture',
  PICTURE_INVALID: 'notTaken',
  OVERLOADED: 'busy',
  DEADLINE_EXCEEDED: 'busy',
  STORE_UNAVAILABLE: 'busy',
  WRITE_CONTENTION: 'busy',
  ROUTE_NOT_FOUND: 'off',
  FIELD_NOT_WRITABLE: 'off',
};

/** Why a picture could not be changed, for the person in front of the page. */
export function describePictureError(error: unknown, texts: Texts): string {
  const { faults } = texts.picture;
  if (error instanceof PictureFault) return faults[error.kind];
  const kind = isRefusal(error) ? kinds[error.code] : undefined;
  return kind ? faults[kind] : describeError(error, texts);
}
