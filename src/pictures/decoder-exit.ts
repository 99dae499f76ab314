/** How the decoder's process says what went wrong; anything else is a crash. */
export const decoderExit = {
  /** The library could not be loaded. */
  notStarted: 20,
  undecodable: 21,
  tooLarge: 22,
} as const;
