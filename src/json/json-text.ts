import { parse } from 'secure-json-parse';
import { TransportError } from '../http/problem.ts';

const maxLevels = 32;
const strings = /"(?:[^"\\]|\\.)*"/g;
const numbers = /-?\d[\d.eE+-]*/g;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body and refuses what would not come back equal: numbers a double does not hold,
 * duplicate keys, bytes that are not UTF-8; and what is only sent to do harm: prototype keys,
 * extreme nesting. JSON.parse alone lets all of these pass silently.
 * @throws {TransportError} MALFORMED_JSON
 */
export function parseJsonText(body: Buffer): unknown {
  const text = decode(body);
  const value = parseStrictly(text);
  const structure = text.replace(strings, '""');
  if (countLevels(structure) > maxLevels) throw refuse(`is nested deeper than ${maxLevels} levels`);
  for (const [literal] of structure.matchAll(numbers)) {
    if (!isExact(literal))
      throw refuse(`has a number that can not be kept exactly: ${literal.slice(0, 40)}`);
  }
  // Every member of the text has one colon outside of strings; a repeated key loses one member.
  if (countMembers(value) !== structure.split(':').length - 1)
    throw refuse('repeats a key in an object');
  return value;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw refuse('is not UTF-8', cause);
  }
}

function parseStrictly(text: string): unknown {
  try {
    return parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    throw refuse('is not JSON, or uses a key that is not allowed', cause);
  }
}

function countLevels(structure: string): number {
  let level = 0;
  let deepest = 0;
  for (const character of structure) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++level);
    else if (character === '}' || character === ']') level--;
  }
  return deepest;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  const own = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce((sum: number, each) => sum + countMembers(each), own);
}

/** Whether the double nearest to a literal, written shortest, is the same decimal number. */
function isExact(literal: string): boolean {
  const value = Number(literal);
  return Number.isFinite(value) && normalize(literal) === normalize(String(value));
}

/** A decimal as significant digits and exponent, so that 1.0, 1 and 10e-1 are one. */
function normalize(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${literal.startsWith('-') ? '-' : ''}${significant}e${power}`;
}

function refuse(what: string, cause?: unknown): TransportError {
  return new TransportError('MALFORMED_JSON', `The body ${what}.`, { cause });
}
