/** What a picture may be, and what becomes of it. */
export const pictureLimits = {
  maxBytes: 1024 * 1024,
  /** Pixels of each side, as it is sent. */
  minSide: 16,
  maxSide: 4_096,
  /**
   * What a decoder has to hold at once where a picture can't be read line by line: the whole of
   * one that is interlaced or lossless WebP, the coefficients of a progressive JPEG.
   */
  maxHeldBytes: 48 * 1024 * 1024,
} as const;

/** Pixels of each side of the squares that are kept, the one that a profile points to first. */
export const pictureSizes = [512, 96] as const;
export type PictureSize = (typeof pictureSizes)[number];

/** The encoded squares, by size. */
export type RenderedPicture = Readonly<Record<PictureSize, Buffer>>;
