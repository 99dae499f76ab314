import { maxViolations } from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';

/** Characters of one pointer or detail; a key may have as many as a body. */
const maxCharacters = 200;
/** Bytes of all violations of one answer, written as JSON: a character can take six. */
const maxBytes = 12 * 1024;

/**
 * The first violations, each cut to a length: what a caller sent wrong must not come back larger
 * than it was. An answer to a bad request stays below 16 KB.
 */
export function boundViolations(violations: readonly Violation[]): Violation[] {
  const kept: Violation[] = [];
  let bytes = 0;
  for (const { pointer, detail } of violations.slice(0, maxViolations)) {
    const violation = { pointer: shorten(pointer), detail: shorten(detail) };
    bytes += Buffer.byteLength(JSON.stringify(violation));
    if (bytes > maxBytes) break;
    kept.push(violation);
  }
  return kept;
}

/** The beginning of a text; an ellipsis marks what was cut. */
export function shorten(text: string, max = maxCharacters): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).toWellFormed()}…`;
}
