import { isShareSpent, nextTurn } from '../../concurrency/loop-share.ts';

/** An answer of this size is parsed within milliseconds, whatever it holds. */
const maxBytesAtOnce = 256 * 1024;

const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Parses an answer of DynamoDB. A batch may bring 16 MB: a large answer is parsed item by item,
 * and others have their turn of the event loop in between.
 */
export async function parseAnswer(bytes: Buffer): Promise<unknown> {
  return bytes.length <= maxBytesAtOnce ? JSON.parse(bytes.toString()) : parseInPieces(bytes);
}

/**
 * The objects in the outermost lists of an answer, items, keys and capacities, are parsed each by
 * itself; in the frame around them a number stands in its place. Lists there of something else are
 * sets, of texts.
 */
async function parseInPieces(bytes: Buffer): Promise<unknown> {
  const objects: unknown[] = [];
  let frame = '';
  let begin = 0;
  let inList = false;
  let level = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = findEndOfString(bytes, at);
    else if (level > 0 && byte === openBrace) level++;
    else if (level > 0 && byte === closeBrace && --level === 0) {
      frame += objects.push(JSON.parse(bytes.toString('utf8', begin, at + 1))) - 1;
      begin = at + 1;
      if (isShareSpent()) await nextTurn();
    } else if (level === 0 && byte === openBracket) inList = true;
    else if (level === 0 && byte === closeBracket) inList = false;
    else if (level === 0 && inList && byte === openBrace) {
      frame += bytes.toString('utf8', begin, at);
      begin = at;
      level = 1;
    }
  }
  frame += bytes.toString('utf8', begin);
  return JSON.parse(frame, (_name, value) =>
    Array.isArray(value)
      ? value.map((at: unknown) => (typeof at === 'number' ? objects[at] : at))
      : value,
  );
}

function findEndOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
