import { Refusal } from '../refusal.ts';
import { HeaderFault, type PictureHeader } from './headers/picture-header.ts';
import { readJpeg } from './headers/read-jpeg.ts';
import { readPng } from './headers/read-png.ts';
import { readWebp } from './headers/read-webp.ts';
import { pictureLimits } from './picture-limits.ts';

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/**
 * Whether these bytes may go to a decoder, by what they are: neither a name nor a media type is
 * asked. Costs no more than a walk over the segments before the picture.
 * @throws {Refusal} UNSUPPORTED_MEDIA_TYPE, PICTURE_INVALID
 */
export function inspectPicture(bytes: Buffer): PictureHeader {
  const read = findReader(bytes);
  if (!read) {
    throw new Refusal('UNSUPPORTED_MEDIA_TYPE', 'The body is not a JPEG, PNG or WebP picture.');
  }
  const { minSide, maxSide, maxHeldBytes } = pictureLimits;
  const header = readHeader(read, bytes);
  const { width, height, heldBytes } = header;
  if (Math.min(width, height) < minSide || Math.max(width, height) > maxSide) {
    throw new Refusal(
      'PICTURE_INVALID',
      `Each side of a picture has ${minSide} to ${maxSide} pixels; this one has ${width} by ${height}.`,
    );
  }
  if (heldBytes > maxHeldBytes) {
    throw new Refusal(
      'PICTURE_INVALID',
      'This interlaced, progressive or lossless picture takes too much memory to decode: send a smaller one.',
    );
  }
  return header;
}

type Reader = (bytes: Buffer) => PictureHeader;

function findReader(bytes: Buffer): Reader | undefined {
  if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return readJpeg;
  if (bytes.subarray(0, 8).equals(pngSignature)) return readPng;
  const [riff, webp] = [bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)];
  return riff === 'RIFF' && webp === 'WEBP' ? readWebp : undefined;
}

function readHeader(read: Reader, bytes: Buffer): PictureHeader {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof HeaderFault)) throw error;
    throw new Refusal('PICTURE_INVALID', `The picture can't be read: ${error.message}.`);
  }
}
