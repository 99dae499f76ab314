import type { Credentials } from '../../aws/credentials.ts';
import { findOwnPicture } from '../../pictures/picture-addresses.ts';
import { createPictures } from '../../pictures/pictures.ts';
import { createS3Objects } from '../../pictures/s3-objects.ts';
import type { FieldName } from '../../profiles/record.ts';
import type { UploadedPictures } from '../../profiles/uploaded-pictures.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { ReconcileSettings } from './settings.ts';

const leftNotice =
  'pictures of erased profiles stay in their bucket: set PICTURES_BUCKET and PICTURES_BASE_URL as the service has them; npm run pictures -- sweep --yes removes those left';

/** What an erasure takes along of uploaded pictures; undefined where the schema has none. */
export function createErasedPictures(
  { pictures, tableRegion: region }: ReconcileSettings,
  { picture }: ProfileSchema,
  credentials: Pick<Credentials, 'get'>,
  say: (line: string) => void,
) {
  if (!picture) return undefined;
  if (!pictures) {
    return { uploaded: leavePictures(picture.name, () => say(leftNotice)), close: () => {} };
  }
  const objects = createS3Objects({ ...pictures, region, credentials });
  const { uploaded } = createPictures({
    field: picture.name,
    baseUrl: pictures.baseUrl,
    objects,
    render: () => Promise.reject(new Error('Nothing is uploaded here')),
    // Only an upload that is replaced leaves something.
    onLeft: () => {},
  });
  return { uploaded, close: objects.close };
}

/** Removes nothing, and tells of it once. */
function leavePictures(field: FieldName, onLeft: () => void): UploadedPictures {
  let isTold = false;
  return {
    field,
    async discard() {},
    async discardAll(userId, address) {
      if (isTold || !findOwnPicture(userId, address)) return;
      isTold = true;
      onLeft();
    },
  };
}
