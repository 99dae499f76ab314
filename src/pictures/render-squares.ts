import sharp from 'sharp';
import { pictureLimits, pictureSizes, type RenderedPicture } from './picture-limits.ts';

/** Of all that libvips reads, files and URLs in SVG included, only these; only from memory. */
const loaders = ['Jpeg', 'Png', 'Webp'].map((name) => `VipsForeignLoad${name}Buffer`);
const quality = 82;

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: loaders });
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a picture and encodes it anew, in sRGB, upright, without metadata, its middle square in
 * each size. Of an animated one its first frame. For the decoder's process alone.
 */
export async function renderSquares(input: Buffer): Promise<RenderedPicture> {
  const [largest] = pictureSizes;
  const { data, info } = await sharp(input, {
    limitInputPixels: pictureLimits.maxSide ** 2,
    // What only deserves a warning, as many a camera's file does, is taken.
    failOn: 'error',
    sequentialRead: true,
    pages: 1,
  })
    .autoOrient()
    .resize(largest, largest, { fit: 'cover' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Decoded once: the smaller squares are made of the largest.
  const { width, height, channels } = info;
  const squares: [number, Buffer][] = [];
  for (const size of pictureSizes) {
    const square = sharp(data, { raw: { width, height, channels } }).resize(size, size);
    squares.push([size, await square.webp({ quality }).toBuffer()]);
  }
  return Object.fromEntries(squares) as Record<number, Buffer> as RenderedPicture;
}
