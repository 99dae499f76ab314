/** Fills about so many characters with as many of a piece as fit. */
const repeat = (piece: string, size: number) => piece.repeat(Math.floor(size / piece.length));

/** An object with as many members as fit. */
function makeObject(size: number, nameKey: (at: number) => string): string {
  const members: string[] = [];
  for (let at = 0, left = size - 2; left > 0; at++) {
    const member = `"${nameKey(at)}":1`;
    left -= member.length + 1;
    if (left > 0) members.push(member);
  }
  return `{${members.join()}}`;
}

/**
 * Bodies of any size that are as hard to read as JSON can be: each aims at one thing a reader might
 * do more than once. Some are JSON, some are not.
 */
export const worstBodies: Readonly<Record<string, (size: number) => string>> = {
  'a number, zeros between digits': (size) => `0.1${'0'.repeat(size - 4)}1`,
  'a number, zeros at the end': (size) => `0.1${'0'.repeat(size - 3)}`,
  'a number, zeros at the start of its fraction': (size) => `0.${'0'.repeat(size - 3)}1`,
  'a number, zeros between whole digits': (size) => `1${'0'.repeat(size - 2)}1`,
  'a number of nines': (size) => '9'.repeat(size),
  'a number with a long exponent': (size) => `1e${'0'.repeat(size - 3)}1`,
  'a number that never ends': (size) => repeat('1.e+-', size),
  'minus signs': (size) => '-'.repeat(size),
  'many numbers': (size) => `[${repeat('0.10,', size - 3)}1]`,
  'many inexact numbers': (size) => `[${repeat('9007199254740993,', size - 3)}1]`,
  'a string': (size) => `"${'a'.repeat(size - 2)}"`,
  'a string without an end': (size) => `"${'a'.repeat(size - 1)}`,
  quotes: (size) => '"'.repeat(size),
  'empty strings': (size) => `[${repeat('"",', size - 3)}1]`,
  escapes: (size) => `"${repeat('\\\\', size - 2)}"`,
  'escapes without an end': (size) => '"'.concat('\\'.repeat(size - 1)),
  'escaped characters': (size) => `"${repeat('\\u0041', size - 2)}"`,
  'escaped quotes': (size) => `"${repeat('\\"', size - 2)}"`,
  'one long key': (size) => `{"${'k'.repeat(size - 6)}":1}`,
  'many keys': (size) => makeObject(size, (at) => at.toString(36)),
  'keys that are numbers': (size) => makeObject(size, (at) => String(at * 65_537)),
  'the same key again and again': (size) => `{${repeat('"a":1,', size - 7)}"a":1}`,
  'keys of the prototype as values': (size) => `[${repeat('"__proto__",', size - 3)}1]`,
  'a key of the prototype before spaces': (size) => `["__proto__"${' '.repeat(size - 13)}]`,
  'keys named constructor': (size) => `[${repeat('{"constructor":{}},', size - 3)}1]`,
  'a prototype key that nearly is one': (size) => `"${repeat('\\u005f', size - 2)}"`,
  'lists in lists': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'lists without an end': (size) => '['.repeat(size),
  'objects in objects': (size) => `${repeat('{"a":', size)}1`,
  'many small objects': (size) => `[${repeat('{},', size - 4)}{}]`,
  'many small members': (size) => `[${repeat('{"a":1},', size - 9)}{"a":1}]`,
  spaces: (size) => ' '.repeat(size),
  colons: (size) => ':'.repeat(size),
  commas: (size) => `[${','.repeat(size - 1)}`,
};
