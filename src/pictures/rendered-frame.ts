import { HeaderFault } from './headers/picture-header.ts';
import { readWebp } from './headers/read-webp.ts';
import { pictureSizes, type RenderedPicture } from './picture-limits.ts';

const lengthBytes = 4;
/** A square of noise has 200 KB. */
const maxSquareBytes = 1024 * 1024;
/** What the decoder may write at most. */
export const maxFrameBytes = pictureSizes.length * (lengthBytes + maxSquareBytes);

/** The squares as they travel between the decoder and the service: each led by its length. */
export function frameRendered(rendered: RenderedPicture): Buffer {
  return Buffer.concat(
    pictureSizes.flatMap((size) => {
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt32BE(rendered[size].length);
      return [length, rendered[size]];
    }),
  );
}

/**
 * Reads them back. A decoder that a picture has taken over could write anything, so each must look
 * like a square of its size. @throws {HeaderFault}
 */
export function readFrame(frame: Buffer): RenderedPicture {
  let at = 0;
  const squares = pictureSizes.map((size) => {
    if (at + lengthBytes > frame.length) throw new HeaderFault('the frame breaks off');
    const start = at + lengthBytes;
    at = start + frame.readUInt32BE(at);
    const square = frame.subarray(start, at);
    const riff = square.toString('latin1', 0, 4) + square.toString('latin1', 8, 12);
    const { width, height } = readWebp(square);
    if (riff !== 'RIFFWEBP' || width !== size || height !== size) {
      throw new HeaderFault(`what came is no WebP of ${size} pixels`);
    }
    return [size, square] as const;
  });
  if (at !== frame.length) throw new HeaderFault('the frame has more than the squares');
  return Object.fromEntries(squares) as Record<number, Buffer> as RenderedPicture;
}
