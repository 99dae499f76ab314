import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import {
  canary,
  chunk,
  compressZeros,
  extendedWebp,
  findJpegFrame,
  makePng,
  makeWebp,
  riffChunk,
  segment,
  withChunks,
  withFrame,
  withPngHeader,
  withSegments,
  zeros,
} from './bytes.ts';

export interface Specimen {
  readonly name: string;
  readonly bytes: Buffer;
  /** The status it is answered with; 200 where a clean picture comes of it. */
  readonly status: 200 | 400 | 413 | 415;
}

const side = 64;
const most = 4_096;

/** Red, green, blue and white quarters: whatever is turned or mirrored shows. */
async function makeQuarters() {
  const quarter = (background: string) =>
    sharp({ create: { width: side / 2, height: side / 2, channels: 3, background } })
      .png()
      .toBuffer();
  const at = [
    ['red', 0, 0],
    ['lime', 0, side / 2],
    ['blue', side / 2, 0],
    ['white', side / 2, side / 2],
  ] as const;
  const composed = await Promise.all(
    at.map(async ([colour, top, left]) => ({ input: await quarter(colour), top, left })),
  );
  return sharp({ create: { width: side, height: side, channels: 3, background: 'black' } })
    .composite(composed)
    .png()
    .toBuffer();
}

const flat = (size: number, channels: 3 | 4) =>
  sharp({
    create: {
      width: size,
      height: size,
      channels,
      background: { r: 9, g: 200, b: 30, alpha: 0.5 },
    },
  });

/** So many colours that no palette holds them, and still small. */
function makeGradient(size: number) {
  const pixels = Buffer.alloc(size * size * 3);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      pixels[at] = x >> 4;
      pixels[at + 1] = y >> 4;
      pixels[at + 2] = (x + y) >> 5;
    }
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
}

/** Exif with an orientation, a place and a text. */
function makeExif(orientation: number): Buffer {
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const text = Buffer.from(`${canary}\0`);
  const textAt = 8 + 2 + 3 * 12 + 4;
  const gpsAt = textAt + text.length + (text.length % 2);
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  const count = (entries: number) => Buffer.from([entries, 0]);
  return Buffer.concat([
    head,
    count(3),
    entry(0x0112, 3, 1, orientation),
    entry(0x010e, 2, text.length, textAt),
    entry(0x8825, 4, 1, gpsAt),
    Buffer.alloc(4),
    text,
    Buffer.alloc(text.length % 2),
    count(1),
    entry(0x0001, 2, 2, 0x4e),
    Buffer.alloc(4),
  ]);
}

const exifSegment = (orientation: number) =>
  segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), makeExif(orientation)]));

/** Pictures and what only says that it is one, made anew at each run, with what becomes of each. */
export async function makeCorpus(): Promise<Specimen[]> {
  const png = await makeQuarters();
  const jpeg = await sharp(png).jpeg({ quality: 90 }).toBuffer();
  const progressive = await sharp(png).jpeg({ progressive: true }).toBuffer();
  const webp = await sharp(png).webp().toBuffer();
  const lossless = await sharp(png).webp({ lossless: true }).toBuffer();
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const noisy = await sharp({
    create: { width: side, height: side, channels: 3, background: 'grey', noise },
  })
    .jpeg()
    .toBuffer();
  const frame = findJpegFrame(jpeg);
  const html = `<html><script>/*${canary}*/alert(1)</script></html>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>`;
  const frames = sharp([png, lossless], { join: { animated: true } });
  const vp8 = webp.subarray(12);
  const specimens: [name: string, status: Specimen['status'], bytes: Buffer | string][] = [
    ['a JPEG', 200, jpeg],
    ['a PNG', 200, png],
    ['a WebP', 200, webp],
    ['a lossless WebP', 200, lossless],
    ['a progressive JPEG', 200, progressive],
    ['a grey JPEG', 200, await sharp(png).greyscale().jpeg().toBuffer()],
    ['a CMYK JPEG', 200, await sharp(png).toColourspace('cmyk').jpeg().toBuffer()],
    [
      'a progressive CMYK JPEG',
      200,
      await sharp(png).toColourspace('cmyk').jpeg({ progressive: true }).toBuffer(),
    ],
    ['a wide JPEG', 200, await sharp(png).resize(300, 20, { fit: 'fill' }).jpeg().toBuffer()],
    ['a high PNG', 200, await sharp(png).resize(16, 4_096, { fit: 'fill' }).png().toBuffer()],
    ['the smallest picture', 200, await sharp(png).resize(16, 16).png().toBuffer()],
    ['a JPEG in Display P3', 200, await sharp(png).withIccProfile('p3').jpeg().toBuffer()],
    ['a PNG of 16 bits', 200, await sharp(png).toColourspace('rgb16').png().toBuffer()],
    [
      'a PNG of 16 bits with alpha, interlaced',
      200,
      await sharp(png)
        .ensureAlpha(0.5)
        .toColourspace('rgb16')
        .png({ progressive: true })
        .toBuffer(),
    ],
    ['a PNG with a palette', 200, await sharp(png).png({ palette: true }).toBuffer()],
    [
      'a grey PNG of one bit',
      200,
      makePng({ width: 64, height: 64, depth: 1, colour: 0 }, zeros(64 * 9)),
    ],
    ['an interlaced PNG', 200, await sharp(png).png({ progressive: true }).toBuffer()],
    ['a WebP with alpha', 200, await sharp(png).ensureAlpha(0.3).webp().toBuffer()],
    ['an animated WebP', 200, await frames.webp({ loop: 0, delay: [50, 50] }).toBuffer()],
    [
      'an animated PNG',
      200,
      withChunks(
        png,
        chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
        chunk('fcTL', Buffer.alloc(26)),
      ),
    ],
    [
      'a JPEG with an XMP packet',
      200,
      withSegments(jpeg, segment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x>${canary}</x>`)),
    ],
    [
      'a JPEG with IPTC',
      200,
      withSegments(jpeg, segment(0xed, `Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0c${canary}`)),
    ],
    ['a JPEG with a comment that is HTML', 200, withSegments(jpeg, segment(0xfe, html))],
    ['a JPEG and a ZIP', 200, Buffer.concat([jpeg, Buffer.from(`PK\x03\x04${canary}`)])],
    [
      'a JPEG with another behind it',
      200,
      Buffer.concat([jpeg, withSegments(jpeg, exifSegment(6))]),
    ],
    [
      'a JPEG with 60,000 bytes of nothing before its frame',
      200,
      withSegments(jpeg, segment(0xe5, Buffer.alloc(60_000))),
    ],
    ['a JPEG with fill bytes', 200, withSegments(jpeg, Buffer.alloc(1_000, 0xff))],
    [
      'a JPEG with a damaged thumbnail',
      200,
      withSegments(
        jpeg,
        segment(0xe0, Buffer.concat([Buffer.from('JFXX\0\x10'), randomBytes(200)])),
      ),
    ],
    [
      'a PNG with texts',
      200,
      withChunks(
        png,
        chunk('tEXt', `Comment\0${canary}`),
        chunk('iTXt', `Comment\0\0\0\0\0${canary}`),
        chunk('zTXt', Buffer.concat([Buffer.from('C\0\0'), deflateSync(canary)])),
      ),
    ],
    ['a PNG with Exif', 200, withChunks(png, chunk('eXIf', makeExif(6)))],
    ['a PNG and HTML', 200, Buffer.concat([png, Buffer.from(html)])],
    [
      'a PNG whose text is a bomb',
      200,
      withChunks(
        png,
        chunk('zTXt', Buffer.concat([Buffer.from('C\0\0'), compressZeros(200_000_000)])),
      ),
    ],
    [
      'a PNG whose colour profile is a bomb',
      200,
      withChunks(
        png,
        chunk('iCCP', Buffer.concat([Buffer.from('C\0\0'), compressZeros(200_000_000)])),
      ),
    ],
    [
      'a PNG whose colour profile is noise',
      200,
      withChunks(
        png,
        chunk('iCCP', Buffer.concat([Buffer.from('C\0\0'), deflateSync(randomBytes(500))])),
      ),
    ],
    [
      'a WebP with Exif and XMP',
      200,
      extendedWebp(
        side,
        side,
        0x0c,
        vp8,
        riffChunk('EXIF', makeExif(1)),
        riffChunk('XMP ', `<x>${canary}</x>`),
      ),
    ],
    [
      'a WebP with an unknown chunk',
      200,
      extendedWebp(side, side, 0, vp8, riffChunk('junk', canary)),
    ],
    ['a WebP and HTML', 200, Buffer.concat([webp, Buffer.from(html)])],
    ['the largest JPEG', 200, await flat(most, 3).jpeg({ quality: 20 }).toBuffer()],
    [
      'the largest progressive JPEG, 4:2:0',
      200,
      await flat(most, 3).jpeg({ progressive: true, quality: 20 }).toBuffer(),
    ],
    ['the largest PNG', 200, await flat(most, 4).png({ compressionLevel: 9 }).toBuffer()],
    ['a large PNG, interlaced', 200, await flat(3_500, 4).png({ progressive: true }).toBuffer()],
    ['the largest WebP', 200, await flat(most, 3).webp({ quality: 10, effort: 0 }).toBuffer()],
    [
      'a large lossless WebP',
      200,
      await makeGradient(3_500).webp({ lossless: true, effort: 0 }).toBuffer(),
    ],
    ['the largest PNG, interlaced', 400, await flat(most, 4).png({ progressive: true }).toBuffer()],
    ['the largest lossless WebP', 400, await flat(most, 4).webp({ lossless: true }).toBuffer()],
    [
      'the largest progressive JPEG, 4:4:4',
      400,
      await flat(most, 3)
        .jpeg({ progressive: true, quality: 20, chromaSubsampling: '4:4:4' })
        .toBuffer(),
    ],
    [
      'the largest interlaced PNG of 16 bits',
      400,
      makePng(
        { width: most, height: most, depth: 16, colour: 6, interlaced: true },
        zeros(100_000_000),
      ),
    ],
    [
      'a PNG with more rows than its data has',
      400,
      makePng({ width: most, height: most, colour: 6 }, zeros(1_000_000)),
    ],
    [
      'a PNG with far more data than rows',
      200,
      makePng({ width: 64, height: 64 }, zeros(300_000_000)),
    ],
    [
      'a PNG of 65,500 pixels a side',
      400,
      makePng({ width: 65_500, height: 65_500, depth: 1, colour: 0 }, zeros(1_000)),
    ],
    [
      'a PNG of two billion pixels a side',
      400,
      makePng({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, zeros(1_000)),
    ],
    ['a PNG without pixels', 400, makePng({ width: 0, height: 0 }, zeros(1))],
    ['a PNG of 15 pixels', 400, await sharp(png).resize(15, 64, { fit: 'fill' }).png().toBuffer()],
    [
      'a PNG of 4,097 pixels',
      400,
      await sharp(png).resize(4_097, 16, { fit: 'fill' }).png().toBuffer(),
    ],
    [
      'a PNG of a colour type that does not exist',
      400,
      withPngHeader(png, { width: side, height: side, colour: 5 }),
    ],
    ['a PNG of three bits', 400, withPngHeader(png, { width: side, height: side, depth: 3 })],
    ['a PNG that says it is wider', 400, withPngHeader(png, { width: side * 8, height: side })],
    ['a PNG without data', 400, makePng({ width: side, height: side })],
    [
      'a PNG whose data is noise',
      400,
      makePng({ width: side, height: side }, chunk('IDAT', randomBytes(4_000))),
    ],
    [
      'a PNG with a chunk of two gigabytes',
      400,
      Buffer.concat([
        png.subarray(0, 33),
        Buffer.from([0x7f, 0xff, 0xff, 0xff]),
        Buffer.from('IDAT'),
        png.subarray(60),
      ]),
    ],
    ['the signature of a PNG', 400, png.subarray(0, 8)],
    ['half a PNG', 400, png.subarray(0, png.length / 2)],
    ['half a JPEG', 400, noisy.subarray(0, noisy.length / 2)],
    ['a JPEG up to its frame', 400, jpeg.subarray(0, frame)],
    ['half a WebP', 400, webp.subarray(0, webp.length / 2)],
    ['the signature of a JPEG', 400, Buffer.from([0xff, 0xd8, 0xff])],
    [
      'a JPEG of markers alone',
      400,
      Buffer.concat([jpeg.subarray(0, 2), Buffer.from('ffd0'.repeat(100_000), 'hex')]),
    ],
    [
      'a JPEG of nothing but fill bytes',
      400,
      Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(1_000_000, 0xff)]),
    ],
    [
      'a JPEG of empty segments',
      400,
      Buffer.concat([jpeg.subarray(0, 2), Buffer.from('ffe50002'.repeat(200_000), 'hex')]),
    ],
    ['a JPEG without pixels', 400, withFrame(jpeg, (it) => it.fill(0, 5, 9))],
    ['a JPEG that says it is higher', 200, withFrame(jpeg, (it) => it.writeUInt16BE(4_096, 5))],
    ['a JPEG of 65,535 pixels a side', 400, withFrame(jpeg, (it) => it.fill(0xff, 5, 9))],
    ['a JPEG of 12 bits', 400, withFrame(jpeg, (it) => it.writeUInt8(12, 4))],
    ['a JPEG of nine components', 400, withFrame(jpeg, (it) => it.writeUInt8(9, 9))],
    ['a lossless JPEG', 400, withFrame(jpeg, (it) => it.writeUInt8(0xc3, 1))],
    ['an arithmetic-coded JPEG', 400, withFrame(jpeg, (it) => it.writeUInt8(0xc9, 1))],
    [
      'a JPEG whose tables are noise',
      400,
      withSegments(jpeg.subarray(0, frame), segment(0xc4, randomBytes(60)), jpeg.subarray(frame)),
    ],
    ['a WebP whose canvas is larger than its picture', 400, extendedWebp(4_000, 4_000, 0, vp8)],
    ['a WebP of 16,384 pixels a side', 400, extendedWebp(16_384, 16_384, 0, vp8)],
    ['a WebP that says it is animated and is not', 400, extendedWebp(side, side, 0x02, vp8)],
    ['a WebP without a picture', 400, extendedWebp(side, side, 0)],
    [
      'a WebP whose picture is noise',
      400,
      makeWebp(
        riffChunk('VP8L', Buffer.concat([Buffer.from([0x2f, 63, 0xc0, 15, 0]), randomBytes(500)])),
      ),
    ],
    ['a WebP of an unknown kind', 400, makeWebp(riffChunk('VP9 ', randomBytes(100)))],
    ['an SVG', 415, svg],
    ['an SVG with a declaration', 415, `<?xml version="1.0"?>${svg}`],
    ['HTML', 415, html],
    ['a GIF', 415, await sharp(png).gif().toBuffer()],
    ['a GIF that is JavaScript too', 415, 'GIF89a/*\0\0\0\0*/=1;alert(1)'],
    ['a TIFF', 415, await sharp(png).tiff().toBuffer()],
    ['an AVIF', 415, Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'latin1')],
    ['a JPEG XL', 415, Buffer.from([0xff, 0x0a, 0xfa, 0x7f, 1, 2, 3, 4])],
    ['a BMP', 415, Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)])],
    ['an icon', 415, Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0]), png])],
    ['a PDF', 415, `%PDF-1.7\n${canary}`],
    ['a JPEG behind white space', 415, Buffer.concat([Buffer.from('\n'), jpeg])],
    ['a text that ends like a WebP', 415, 'RIFF____WAVEfmt '],
    ['a program', 415, Buffer.from('\x7fELF\x02\x01\x01', 'latin1')],
    ['nothing', 415, Buffer.alloc(0)],
    ['one byte', 415, Buffer.from([0xff])],
    ['random bytes', 415, Buffer.concat([Buffer.from([1]), randomBytes(5_000)])],
    [
      'a JPEG of a byte too many',
      413,
      Buffer.concat([jpeg, Buffer.alloc(1024 * 1024 + 1 - jpeg.length)]),
    ],
  ];
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = withSegments(
      await sharp(await turnBack(png, orientation))
        .jpeg({ quality: 95 })
        .toBuffer(),
      exifSegment(orientation),
    );
    specimens.push([`${uprightName} ${orientation}`, 200, bytes]);
  }
  return specimens.map(([name, status, bytes]) => ({ name, status, bytes: Buffer.from(bytes) }));
}

/** How the names of pictures begin that must come out with red, green, blue and white quarters. */
export const uprightName = 'a JPEG with a place, of orientation';

/** The picture as a camera stores it whose file says that it is to be turned so. */
async function turnBack(png: Buffer, orientation: number): Promise<Buffer> {
  const turned = sharp(png);
  // The inverse of what the orientation asks for. Source: Exif 2.32, tag 0x0112.
  if (orientation === 2) return turned.flop().toBuffer();
  if (orientation === 3) return turned.rotate(180).toBuffer();
  if (orientation === 4) return turned.flip().toBuffer();
  if (orientation === 5)
    return sharp(await turned.rotate(90).toBuffer())
      .flop()
      .toBuffer();
  if (orientation === 6) return turned.rotate(270).toBuffer();
  if (orientation === 7)
    return sharp(await turned.rotate(270).toBuffer())
      .flop()
      .toBuffer();
  if (orientation === 8) return turned.rotate(90).toBuffer();
  return png;
}
