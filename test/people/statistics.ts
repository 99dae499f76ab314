import type { Random } from '../helper/random.ts';

/**
 * How well one sample is told from another by size: the chance that one of the first is above one
 * of the second, ties by half. 0.5 is not at all. (Mann and Whitney's U, divided by all pairs.)
 */
export function measureSeparation(ones: readonly number[], others: readonly number[]): number {
  const all = [
    ...ones.map((value) => ({ value, isOne: true })),
    ...others.map((value) => ({ value, isOne: false })),
  ].sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end]?.value === all[at]?.value) end++;
    const rank = (at + 1 + end) / 2;
    for (; at < end; at++) if (all[at]?.isOne) ranks += rank;
  }
  const least = (ones.length * (ones.length + 1)) / 2;
  return (ranks - least) / (ones.length * others.length);
}

/**
 * The separation that chance alone gives, for `rounds` splits of one pool into two like samples:
 * how far from 0.5 the furthest of them was.
 */
export function measureChance(pool: readonly number[], random: Random, rounds: number): number {
  let furthest = 0;
  for (let round = 0; round < rounds; round++) {
    const mixed = [...pool];
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = random.below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other] as number, mixed[at] as number];
    }
    const half = mixed.length >> 1;
    const separation = measureSeparation(mixed.slice(0, half), mixed.slice(half));
    furthest = Math.max(furthest, Math.abs(separation - 0.5));
  }
  return furthest;
}
