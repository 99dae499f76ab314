import { HeaderFault, type PictureHeader } from './picture-header.ts';

/** Samples of a pixel, by colour type; a palette's pixels become three, and four with its alpha. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 };

/** The first chunk of a PNG. Source: PNG, third edition, section 11.2.1. */
export function readPng(bytes: Buffer): PictureHeader {
  if (
    bytes.length < 33 ||
    bytes.readUInt32BE(8) !== 13 ||
    bytes.toString('latin1', 12, 16) !== 'IHDR'
  )
    throw new HeaderFault('it does not begin with its header');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth = 0, colour = 0] = bytes.subarray(24);
  const interlaced = bytes[28] !== 0;
  const perPixel = samples[colour];
  if (perPixel === undefined) throw new HeaderFault('its colour type does not exist');
  const heldBytes = interlaced ? width * height * perPixel * (depth > 8 ? 2 : 1) : 0;
  return { format: 'png', width, height, heldBytes };
}
