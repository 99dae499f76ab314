import type { AST } from '@eslint-community/regexpp';

/** Inclusive ranges of code points, ascending and apart. */
export type CodePoints = readonly (readonly [number, number])[];

const last = 0x10_ffff;
/** Of what ECMA-262 defines by name: to ask the engine takes some 20 ms of a start. */
const defined: Record<AST.EscapeCharacterSet['kind'] | 'any', CodePoints> = {
  any: complement([
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ]),
  digit: [[0x30, 0x39]],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
};
const probed = new Map<string, CodePoints>();

/** The code points that one element of a pattern takes. */
export function codePointsOf(
  element: AST.Character | AST.CharacterSet | AST.CharacterClass | AST.CharacterClassRange,
): CodePoints {
  if (element.type === 'Character') return [[element.value, element.value]];
  if (element.type === 'CharacterClassRange') return [[element.min.value, element.max.value]];
  if (element.type === 'CharacterSet') return codePointsOfSet(element);
  const inner = element.elements.flatMap((part) =>
    part.type === 'Character' ||
    part.type === 'CharacterSet' ||
    part.type === 'CharacterClassRange' ||
    part.type === 'CharacterClass'
      ? codePointsOf(part)
      : [],
  );
  const united = unite(inner);
  return element.negate ? complement(united) : united;
}

export function overlap(one: CodePoints, other: CodePoints): boolean {
  return one.some(([low, high]) => other.some(([from, to]) => low <= to && from <= high));
}

function codePointsOfSet(set: AST.CharacterSet): CodePoints {
  if (set.kind === 'property') return probe(set.raw);
  const points = defined[set.kind];
  return set.kind !== 'any' && set.negate ? complement(points) : points;
}

/** What `\p{L}` takes is asked of the engine itself, once for each. */
function probe(set: string): CodePoints {
  const known = probed.get(set);
  if (known) return known;
  const expression = new RegExp(`^${set}$`, 'u');
  const ranges: [number, number][] = [];
  for (let point = 0; point <= last; point++) {
    if (!expression.test(String.fromCodePoint(point))) continue;
    const range = ranges.at(-1);
    if (range?.[1] === point - 1) range[1] = point;
    else ranges.push([point, point]);
  }
  probed.set(set, ranges);
  return ranges;
}

function unite(ranges: CodePoints): CodePoints {
  const united: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const range = united.at(-1);
    if (range && from <= range[1] + 1) range[1] = Math.max(range[1], to);
    else united.push([from, to]);
  }
  return united;
}

function complement(ranges: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) gaps.push([next, last]);
  return gaps;
}
