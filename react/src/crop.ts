/** The square of a picture that is taken, in the picture's own pixels. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the smallest square: fewer would show as a blur. */
const leastSide = 128;
const mostZoom = 8;

/** As much as fits, of the middle. */
export function takeMiddle({ width, height }: PictureSize): Crop {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** Where the picture moves, the square stays: to the right shows what was on the left. */
export function movePicture(crop: Crop, size: PictureSize, right: number, down: number): Crop {
  return keepInside({ ...crop, x: crop.x - right, y: crop.y - down }, size);
}

/** The same middle, this much larger: 1 shows as much as fits. */
export function zoomTo(crop: Crop, size: PictureSize, zoom: number): Crop {
  const kept = Math.min(Math.max(zoom, 1), findMostZoom(size));
  const side = Math.min(size.width, size.height) / kept;
  const half = (crop.side - side) / 2;
  return keepInside({ x: crop.x + half, y: crop.y + half, side }, size);
}

export function readZoom({ side }: Crop, { width, height }: PictureSize): number {
  return Math.min(width, height) / side;
}

export function findMostZoom({ width, height }: PictureSize): number {
  return Math.min(mostZoom, Math.max(1, Math.min(width, height) / leastSide));
}

function keepInside({ x, y, side }: Crop, { width, height }: PictureSize): Crop {
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return { x: within(x, width - side), y: within(y, height - side), side };
}
