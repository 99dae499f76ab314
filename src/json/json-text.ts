import { parse } from 'secure-json-parse';
import { Refusal } from '../refusal.ts';
import { scanJson } from './json-structure.ts';

const maxLevels = 32;
const shownDigits = 40;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON body and refuses what would not come back equal: numbers a double does not hold,
 * duplicate keys, bytes that are not UTF-8; and what is only sent to do harm: prototype keys,
 * extreme nesting. JSON.parse alone lets all of these pass silently. Its time is linear in the
 * size of the body, whatever the body holds.
 * @throws {Refusal} MALFORMED_JSON
 */
export function parseJsonText(body: Buffer): unknown {
  const text = decode(body);
  const { levels, members, inexact } = scanJson(text);
  if (levels > maxLevels) throw refuse(`is nested deeper than ${maxLevels} levels`);
  const value = parseStrictly(text);
  if (inexact !== undefined) {
    throw refuse(`has a number that can't be kept exactly: ${inexact.slice(0, shownDigits)}`);
  }
  // A repeated key loses one member.
  if (countMembers(value) !== members) throw refuse('repeats a key in an object');
  return value;
}

/** Whether what was parsed from this text has lost a member to another of its name. */
export function repeatsKey(text: string, value: unknown): boolean {
  return countMembers(value) !== scanJson(text).members;
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

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  let members = Array.isArray(value) ? 0 : inner.length;
  for (const each of inner) members += countMembers(each);
  return members;
}

function refuse(what: string, cause?: unknown): Refusal {
  return new Refusal('MALFORMED_JSON', `The body ${what}.`, { cause });
}
