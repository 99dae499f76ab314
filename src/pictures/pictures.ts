import { isDeepStrictEqual } from 'node:util';
import { createLimit } from '../concurrency/limit.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { FieldName, LiveEntry, ProfilePatch } from '../profiles/record.ts';
import type { UploadedPictures } from '../profiles/uploaded-pictures.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { inspectPicture } from './inspect-picture.ts';
import {
  findOwnPicture,
  formatAddress,
  formatKey,
  nameNext,
  type PictureName,
  parseAddress,
  picturePrefix,
} from './picture-addresses.ts';
import { pictureSizes, type RenderedPicture } from './picture-limits.ts';
import type { PictureObjects } from './picture-objects.ts';

export interface PicturesOptions {
  readonly field: FieldName;
  /** Where the pictures are served, which may not be where those of before were. */
  readonly baseUrl: string;
  readonly objects: PictureObjects;
  readonly render: (bytes: Buffer, signal: WorkSignal) => Promise<RenderedPicture>;
  /** Told what could not be removed and waits to be swept. */
  readonly onLeft: (error: unknown) => void;
}

export interface Upload {
  readonly bytes: Buffer;
  /** The profile as it is, once the picture is known to be one. */
  readonly open: () => Promise<LiveEntry>;
  readonly write: (patch: ProfilePatch) => Promise<LiveEntry>;
  readonly signal: WorkSignal;
}

export type Pictures = ReturnType<typeof createPictures>;

/** Decoders at once: one takes a core and up to 170 MB. */
const maxDecoders = 1;
/** What takes longer is left to the sweep. */
const removalMs = 3_000;
/** After these the profile does not point to the new picture, and never will. */
const unwritten: readonly RefusalCode[] = [
  'PROFILE_NOT_FOUND',
  'PROFILE_ERASED',
  'VERSION_MISMATCH',
  'WRITE_CONTENTION',
];

/** Pictures as people upload them, from the bytes to the address in their profile. */
export function createPictures({ field, baseUrl, objects, render, onLeft }: PicturesOptions) {
  const inTurn = createLimit(maxDecoders);
  const keysOf = (name: PictureName) => pictureSizes.map((size) => formatKey(name, size));
  const removeLater = (name: PictureName) =>
    objects.remove(keysOf(name), AbortSignal.timeout(removalMs)).catch(onLeft);

  /**
   * Checks, renders and stores a picture, then writes its address. What it takes the place of is
   * removed by the write (`UploadedPictures`).
   * @throws {Refusal} UNSUPPORTED_MEDIA_TYPE, PICTURE_INVALID, and what `open` and `write` throw
   */
  async function upload({ bytes, open, write, signal }: Upload): Promise<LiveEntry> {
    inspectPicture(bytes);
    const { profile } = await open();
    const rendered = await inTurn(() => render(bytes, signal), signal);
    const name = nameNext(profile.userId, profile[field], rendered);
    try {
      await Promise.all(
        pictureSizes.map((size) => objects.put(formatKey(name, size), rendered[size], signal)),
      );
      return await write({ [field]: formatAddress(baseUrl, name) });
    } catch (error) {
      // Where it isn't known whether the address was written, the sweep will know.
      if (error instanceof Refusal && unwritten.includes(error.code)) await removeLater(name);
      throw error;
    }
  }

  const uploaded: UploadedPictures = {
    field,
    async discard(userId, address, next) {
      const name = findOwnPicture(userId, address);
      if (name && !isDeepStrictEqual(name, parseAddress(next))) await removeLater(name);
    },
    async discardAll(userId, address, signal) {
      const name = findOwnPicture(userId, address);
      if (!name) return;
      for await (const page of objects.list(`${picturePrefix}${name.folder}/`, signal)) {
        await objects.remove(
          page.map(({ key }) => key),
          signal,
        );
      }
    },
  };

  return { field, upload, uploaded };
}
