import type { Automaton } from './automaton.ts';
import { overlap } from './code-points.ts';

/**
 * In how many ways a text of length n can be read, as an upper bound: `factor` times n to the power
 * of `degree`, which is infinite where the ways double with the length.
 * Source: A. Weber, H. Seidl, "On the degree of ambiguity of finite automata", 1991.
 */
export function measureAmbiguity({ positions, first, follow }: Automaton): {
  degree: number;
  factor: number;
} {
  const endless = { degree: Number.POSITIVE_INFINITY, factor: 1 };
  const overlaps = (one: number, other: number) =>
    overlap(positions[one] ?? [], positions[other] ?? []);
  const next = (place: number) => [...(follow[place]?.keys() ?? [])];
  const reach = positions.map((_position, place) => findReachable(place, next));
  const isLooping = (place: number) => reach[place]?.has(place) === true;
  const inOneLoop = (one: number, other: number) =>
    reach[one]?.has(other) === true && reach[other]?.has(one) === true;

  const twice = follow.some((ways, place) =>
    [...ways].some(([to, count]) => count > 1 && inOneLoop(to, place)),
  );
  if (twice) return endless;

  // Two readings that leave one place of a loop and meet there again, having differed in between.
  const pairs = (pair: number): number[] => {
    const [one, other] = [Math.floor(pair / positions.length), pair % positions.length];
    return next(one).flatMap((to) =>
      next(other)
        .filter((from) => overlaps(to, from))
        .map((from) => to * positions.length + from),
    );
  };
  const loops = positions.map((_position, place) => place).filter(isLooping);
  for (const place of loops) {
    const both = place * positions.length + place;
    for (const pair of findReachable(both, pairs)) {
      const [one, other] = [Math.floor(pair / positions.length), pair % positions.length];
      if (one === other || !inOneLoop(one, place) || !inOneLoop(other, place)) continue;
      if (findReachable(pair, pairs).has(both)) return endless;
    }
  }

  // A text may go round in one loop or in a later one: each such hand-over is one degree.
  const degrees = new Map<number, number>();
  const degreeFrom = (place: number): number => {
    const known = degrees.get(place);
    if (known !== undefined) return known;
    const onwards = loops
      .filter((to) => reach[place]?.has(to) && !inOneLoop(place, to))
      .map((to) => degreeFrom(to) + (sharesText(place, to) ? 1 : 0));
    const degree = Math.max(0, ...onwards);
    degrees.set(place, degree);
    return degree;
  };

  // Outside of loops, each place that can go on in several ways multiplies them.
  const factors = new Map<number, number>();
  const factorFrom = (place: number): number => {
    const known = factors.get(place);
    if (known !== undefined) return known;
    const onwards = isLooping(place)
      ? [...(reach[place] ?? [])].filter((to) => !inOneLoop(place, to))
      : next(place);
    const own = isLooping(place) ? 1 : countChoices(follow[place] ?? new Map());
    const factor = own * Math.max(1, ...onwards.map(factorFrom));
    factors.set(place, factor);
    return factor;
  };
  const begin = new Map([...first].map((place) => [place, 1]));
  return {
    degree: Math.max(0, ...loops.map(degreeFrom)),
    factor: countChoices(begin) * Math.max(1, ...[...first].map(factorFrom)),
  };

  /** At most so many of the places that may come next take the same character. */
  function countChoices(ways: ReadonlyMap<number, number>): number {
    const counts = [...ways.keys()].map((place) =>
      [...ways].reduce((sum, [other, count]) => sum + (overlaps(place, other) ? count : 0), 0),
    );
    return Math.max(1, ...counts);
  }

  /** Whether some text leads round the first loop, round the second, and from the one to the other. */
  function sharesText(one: number, other: number): boolean {
    const size = positions.length;
    const encode = (a: number, b: number, c: number) => (a * size + b) * size + c;
    const triples = (triple: number): number[] => {
      const c = triple % size;
      const b = Math.floor(triple / size) % size;
      const a = Math.floor(triple / size / size);
      return next(a)
        .filter((x) => inOneLoop(x, one))
        .flatMap((x) =>
          next(b)
            .filter((y) => overlaps(x, y))
            .flatMap((y) =>
              next(c)
                .filter((z) => inOneLoop(z, other) && overlaps(x, z) && overlaps(y, z))
                .map((z) => encode(x, y, z)),
            ),
        );
    };
    return findReachable(encode(one, one, other), triples).has(encode(one, other, other));
  }
}

/** Everything that one step or more leads to. */
function findReachable(start: number, next: (from: number) => readonly number[]): Set<number> {
  const found = new Set<number>();
  const open = [start];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const to of next(from)) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
