import { HeaderFault, type PictureHeader } from './picture-header.ts';

const bytesPerPixel = 4;
/** Its lines are handed on as they are decoded, but for a band of them. */
const bytesPerLossyPixel = 1.5;

/** The first chunk of a WebP. Source: RFC 9649, sections 2.5 to 2.7 and 3.4. */
export function readWebp(bytes: Buffer): PictureHeader {
  if (bytes.length < 30) throw new HeaderFault('it breaks off');
  const { width, height } = readSize(bytes);
  // With alpha, or lossless, the decoder may hold the whole of it.
  const isLossy = bytes.toString('latin1', 12, 16) === 'VP8 ';
  const heldBytes = width * height * (isLossy ? bytesPerLossyPixel : bytesPerPixel);
  return { format: 'webp', width, height, heldBytes };
}

function readSize(bytes: Buffer): { width: number; height: number } {
  const kind = bytes.toString('latin1', 12, 16);
  if (kind === 'VP8X') {
    return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  }
  if (kind === 'VP8L' && bytes[20] === 0x2f) {
    const packed = bytes.readUInt32LE(21);
    return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ' && bytes.readUIntBE(23, 3) === 0x9d012a) {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  }
  throw new HeaderFault('its first chunk is no picture');
}
