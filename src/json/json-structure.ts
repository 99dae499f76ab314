import { isExactNumber } from './number-literal.ts';

export interface JsonStructure {
  /** Objects and lists within each other, at the deepest. */
  readonly levels: number;
  /** Members of all objects, repeated keys included. */
  readonly members: number;
  /** The first number that a double doesn't hold. */
  readonly inexact: string | undefined;
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * What JSON.parse doesn't tell of its text. One pass, one step a character and no backtracking:
 * the text is a stranger's, and its worst case has to be as cheap as any other. What the text
 * means is only right where it is JSON; where it isn't, the pass still ends.
 */
export function scanJson(text: string): JsonStructure {
  let level = 0;
  let levels = 0;
  let members = 0;
  let inexact: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = findEndOfString(text, at);
    else if (code === colon) members++;
    else if (code === openBrace || code === openBracket) levels = Math.max(levels, ++level);
    else if (code === closeBrace || code === closeBracket) level--;
    else if (code >= minus && code <= nine) {
      const end = findEndOfNumber(text, at);
      const literal = text.slice(at, end);
      if (inexact === undefined && !isExactNumber(literal)) inexact = literal;
      at = end - 1;
    }
  }
  return { levels, members, inexact };
}

function findEndOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    at += code === backslash ? 2 : 1;
  }
  return at;
}

function findEndOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !endsNumber(text.charCodeAt(at))) at++;
  return at;
}

function endsNumber(code: number): boolean {
  return code <= 0x20 || code === comma || code === closeBracket || code === closeBrace;
}
