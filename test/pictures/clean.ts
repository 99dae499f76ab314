import sharp from 'sharp';
import type { Test } from 'tap';
import { pictureSizes, type RenderedPicture } from '../../src/pictures/picture-limits.ts';
import { canary, listChunks } from './bytes.ts';

/** What a WebP has beside pixels and their alpha. */
const metadata = ['EXIF', 'XMP ', 'ICCP', 'ANIM', 'ANMF'];

/** Asserts that these are the squares and nothing else. */
export async function assertClean(t: Test, rendered: RenderedPicture, what: string) {
  for (const size of pictureSizes) {
    const square = rendered[size];
    const { width, height, format, space, pages } = await sharp(square).metadata();
    t.match({ width, height, format, space, pages }, { ...asSquare(size), pages: undefined }, what);
    t.strictSame(
      listChunks(square).filter((name) => metadata.includes(name)),
      [],
      `${what}: no metadata`,
    );
    t.equal(square.readUInt32LE(4) + 8, square.length, `${what}: nothing behind it`);
    t.notOk(square.includes(canary), `${what}: no word of what came with it`);
  }
}

const asSquare = (size: number) => ({ width: size, height: size, format: 'webp', space: 'srgb' });

/** Asserts the quarters of the corpus's pictures: red, green, blue and white, in reading order. */
export async function assertUpright(t: Test, square: Buffer, what: string) {
  const { data, info } = await sharp(square)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const near = info.width / 4;
  const [one, other] = [near, info.width - near];
  const isBright = (x: number, y: number) =>
    [0, 1, 2].map((channel) => (data[(y * info.width + x) * 3 + channel] ?? 0) > 127);
  t.strictSame(isBright(one, one), [true, false, false], `${what}: red`);
  t.strictSame(isBright(other, one), [false, true, false], `${what}: green`);
  t.strictSame(isBright(one, other), [false, false, true], `${what}: blue`);
  t.strictSame(isBright(other, other), [true, true, true], `${what}: white`);
}
