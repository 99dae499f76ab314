import type { AuthorizedFetch } from './authorized-fetch.ts';
import type { OwnWriteOptions, WriteOptions } from './options.ts';
import { toSegment } from './path-segment.ts';

/** A JPEG, PNG or WebP picture of at most 1 MiB: a chosen `File`, a canvas's blob, bytes of a file. */
export type Picture = Blob | ArrayBuffer | Uint8Array;

/** Uploads, beside the typed calls: the contract has them only where the service takes pictures. */
export function createPictures<Profile>(baseUrl: string, authorizedFetch: AuthorizedFetch) {
  async function write(
    method: string,
    id: string,
    { signal, version, caller }: OwnWriteOptions = {},
    picture?: Picture,
  ): Promise<Profile | undefined> {
    const request = new Request(`${baseUrl}/v1/profiles/${toSegment(id)}/avatar`, {
      method,
      headers: {
        ...(version !== undefined && { 'if-match': `"${version}"` }),
        // What the bytes are, the service sees for itself.
        ...(picture && { 'content-type': 'application/octet-stream' }),
      },
      ...(signal && { signal }),
      ...(picture && { body: picture as NonNullable<RequestInit['body']> }),
    });
    const response = await authorizedFetch(request, { userId: caller });
    // Nothing of a profile comes to a caller who may write it and not read it.
    return response.status === 204 ? undefined : ((await response.json()) as Profile);
  }

  return {
    /**
     * Uploads the caller's picture, in place of the one there is; answers the profile with its
     * address. PICTURE_INVALID, UNSUPPORTED_MEDIA_TYPE and PAYLOAD_TOO_LARGE say what it can't be.
     */
    setMyPicture: (picture: Picture, options?: OwnWriteOptions) =>
      write('PUT', 'me', options, picture) as Promise<Profile>,

    /** Takes the picture out of the caller's profile, and deletes it where it was uploaded. */
    removeMyPicture: (options?: OwnWriteOptions) =>
      write('DELETE', 'me', options) as Promise<Profile>,

    /** As `setMyPicture`, of any profile. Scope `profiles/write`; without `profiles/read` undefined. */
    setPicture: (userId: string, picture: Picture, options?: WriteOptions) =>
      write('PUT', userId, options, picture),

    /** As `removeMyPicture`, of any profile. Scopes as for `setPicture`. */
    removePicture: (userId: string, options?: WriteOptions) => write('DELETE', userId, options),
  };
}
