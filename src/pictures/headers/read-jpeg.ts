import { HeaderFault, type PictureHeader } from './picture-header.ts';

const soi = 0xd8;
const startOfScan = 0xda;
const endOfImage = 0xd9;
/** Baseline, extended and progressive, with Huffman codes; nobody sends the other thirteen. */
const sequentialFrames = [0xc0, 0xc1];
const progressiveFrame = 0xc2;
const bytesPerCoefficient = 2;
/** Real pictures have tens of segments before their frame. */
const maxSegments = 2_000;

/** The frame header of a JPEG. Source: ITU T.81, B.1.1 and B.2.2. */
export function readJpeg(bytes: Buffer): PictureHeader {
  let at = 0;
  for (let segment = 0; segment < maxSegments && at + 4 <= bytes.length; segment++) {
    if (bytes[at] !== 0xff) throw new HeaderFault('a segment does not begin with its marker');
    const marker = bytes[at + 1] as number;
    // A marker may be led by fill bytes; those of parameters alone carry no length.
    if (marker === 0xff) at += 1;
    else if (marker === soi || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else if (marker === startOfScan || marker === endOfImage) break;
    else if (isFrame(marker)) return readFrame(marker, bytes.subarray(at + 4));
    else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  throw new HeaderFault('there is no frame before the first scan');
}

/** C0 to CF but the tables among them: DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function readFrame(marker: number, frame: Buffer): PictureHeader {
  const isProgressive = marker === progressiveFrame;
  if (!isProgressive && !sequentialFrames.includes(marker)) {
    throw new HeaderFault('it is lossless, hierarchical or arithmetic-coded');
  }
  const components = frame[5] ?? 0;
  if (components < 1 || components > 4 || frame.length < 6 + components * 3) {
    throw new HeaderFault('its frame breaks off');
  }
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  const samplings = Array.from({ length: components }, (_, index) => frame[7 + index * 3] ?? 0);
  const samples = samplings.map((factors) => Math.max(1, (factors >> 4) * (factors & 15)));
  const most = Math.max(...samples);
  // Components that are sampled more coarsely have fewer coefficients.
  const share = samples.reduce((sum, count) => sum + count / most, 0);
  const heldBytes = isProgressive ? Math.ceil(width * height * share * bytesPerCoefficient) : 0;
  return { format: 'jpeg', width, height, heldBytes };
}
