import { constants, crc32, deflateRawSync } from 'node:zlib';

/** What no answer may hold, wherever a picture carries it. */
export const canary = 'CANARY-7f3a';

/** A segment of a JPEG. */
export function segment(marker: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
}

/** A JPEG with this behind its first marker. */
export function withSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** Where the frame of a JPEG begins: its marker's offset. */
export function findJpegFrame(jpeg: Buffer): number {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return at;
  }
  throw new Error('There is no frame');
}

/** A JPEG whose frame says something else. */
export function withFrame(jpeg: Buffer, change: (frame: Buffer) => void): Buffer {
  const copy = Buffer.from(jpeg);
  change(copy.subarray(findJpegFrame(copy)));
  return copy;
}

/** A chunk of a PNG, with its checksum. */
export function chunk(name: string, content: Buffer | string = ''): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), Buffer.from(content)]);
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)];
  head.writeUInt32BE(body.length - 4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Signature and first chunk. */
const pngHeadBytes = 33;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly interlaced?: boolean;
}

function pngHeader({ width, height, depth = 8, colour = 2, interlaced }: PngHeader): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return chunk('IHDR', content);
}

/** A PNG of these chunks between its header and its end. */
export function makePng(header: PngHeader, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([pngSignature, pngHeader(header), ...chunks, chunk('IEND')]);
}

/** As many zero bytes, in the few that they compress to. */
export function zeros(bytes: number): Buffer {
  return chunk('IDAT', compressZeros(bytes));
}

const million = 1_000_000;
const flush = { level: 9, finishFlush: constants.Z_FULL_FLUSH };
const millionZeros = deflateRawSync(Buffer.alloc(million), flush);

/**
 * The zlib stream of so many zero bytes, of pieces that each stand for themselves: hundreds of
 * megabytes take seconds to compress. https://www.rfc-editor.org/rfc/rfc1950
 */
export function compressZeros(bytes: number): Buffer {
  const pieces = Array.from({ length: Math.floor(bytes / million) }, () => millionZeros);
  const checksum = Buffer.alloc(4);
  // Adler-32: no zero changes its first sum, and each adds one to its second.
  checksum.writeUInt16BE(bytes % 65_521, 0);
  checksum.writeUInt16BE(1, 2);
  const rest = deflateRawSync(Buffer.alloc(bytes % million), { level: 9 });
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...pieces, rest, checksum]);
}

/** A PNG with these chunks behind its first. */
export function withChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, pngHeadBytes), ...chunks, png.subarray(pngHeadBytes)]);
}

/** A PNG with another header before the same picture. */
export function withPngHeader(png: Buffer, header: PngHeader): Buffer {
  return Buffer.concat([pngSignature, pngHeader(header), png.subarray(pngHeadBytes)]);
}

/** A chunk of a WebP. */
export function riffChunk(name: string, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
}

export function makeWebp(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

export function extendedWebp(width: number, height: number, flags: number, ...rest: Buffer[]) {
  const content = Buffer.alloc(10);
  content[0] = flags;
  content.writeUIntLE(width - 1, 4, 3);
  content.writeUIntLE(height - 1, 7, 3);
  return makeWebp(riffChunk('VP8X', content), ...rest);
}

/** Names of the chunks of a WebP, in order. */
export function listChunks(webp: Buffer): string[] {
  const names: string[] = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    names.push(webp.toString('latin1', at, at + 4));
    const length = webp.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return names;
}
