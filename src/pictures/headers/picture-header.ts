/** What the first bytes of a picture say of it; nothing is decoded for it. */
export interface PictureHeader {
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly width: number;
  readonly height: number;
  /** What decoding holds at once, beyond a few lines. */
  readonly heldBytes: number;
}

/** A header that breaks off, or says what no decoder of this service reads. */
export class HeaderFault extends Error {
  override readonly name = 'HeaderFault';
}
