import type { Crop } from './crop.ts';

/** What the page itself can tell of a file before anything is sent. */
export class PictureFault extends Error {
  override readonly name = 'PictureFault';
  readonly kind: 'notPicture' | 'tooLarge' | 'tooSmall';

  constructor(kind: PictureFault['kind']) {
    super(kind);
    this.kind = kind;
  }
}

/** A larger file may take the browser more memory than it has. */
const maxFileBytes = 50 * 1024 * 1024;
/** The least that the service takes, in pixels. */
const minSide = 16;
/** Twice the largest square that the service keeps. */
const maxSide = 1_024;
const maxUploadBytes = 1024 * 1024;
const qualities = [0.9, 0.75, 0.5];

/**
 * A chosen file as the browser reads it, right way up: a camera only notes how it was held.
 * @throws {PictureFault}
 */
export async function openPicture(file: Blob): Promise<ImageBitmap> {
  if (file.size > maxFileBytes) throw new PictureFault('tooLarge');
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new PictureFault('notPicture');
  }
  if (Math.min(picture.width, picture.height) >= minSide) return picture;
  picture.close();
  throw new PictureFault('tooSmall');
}

/** Fills the canvas with the square. */
export function drawCrop(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const { x, y, side } = crop;
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, width, height);
  context.drawImage(picture, x, y, side, side, 0, 0, width, height);
}

/**
 * The square as a picture of its own, small enough to send, with nothing else of the file: neither
 * what is beside the square nor where it was taken.
 * @throws {PictureFault}
 */
export async function cutOut(picture: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.min(maxSide, Math.max(minSide, Math.round(crop.side)));
  canvas.height = canvas.width;
  drawCrop(canvas, picture, crop);
  for (const quality of qualities) {
    const square = await encode(canvas, quality);
    if (square && square.size <= maxUploadBytes) return square;
  }
  throw new PictureFault('tooLarge');
}

/** WebP; JPEG on white where the browser can't write it and would make a large PNG. */
async function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
  const write = (type: string) =>
    new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  const webp = await write('image/webp');
  if (webp?.type === 'image/webp') return webp;
  const context = canvas.getContext('2d');
  if (context) {
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  return write('image/jpeg');
}
