import type { Credentials } from '../../aws/credentials.ts';
import { createPictureAddresses } from '../../pictures/picture-addresses.ts';
import { createPictures } from '../../pictures/pictures.ts';
import { createS3Objects } from '../../pictures/s3-objects.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { ReconcileSettings } from './settings.ts';

/** What an erasure takes along of uploaded pictures; undefined where none are taken. */
export function createErasedPictures(
  { pictures, tableRegion: region }: ReconcileSettings,
  { picture }: ProfileSchema,
  credentials: Pick<Credentials, 'get'>,
) {
  if (!pictures || !picture) return undefined;
  const objects = createS3Objects({ ...pictures, region, credentials });
  const { uploaded } = createPictures({
    field: picture.name,
    addresses: createPictureAddresses(pictures.baseUrl),
    objects,
    render: () => Promise.reject(new Error('Nothing is uploaded here')),
    // Only an upload that is replaced leaves something.
    onLeft: () => {},
  });
  return { uploaded, close: objects.close };
}
