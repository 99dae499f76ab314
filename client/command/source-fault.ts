/** Nothing can be written; the message is for the person at the terminal. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
}
