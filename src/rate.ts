import * as z from 'zod';
import { writtenNumber } from './environment.ts';

/** Slowed down by throttling, a slower pace is more than Node's timers hold, which then fire at once. */
const slowest = 0.01;
const fastest = 10_000;

/** How often a second, as `--rate` has it. */
export const rateUpTo = (most: number) => writtenNumber.pipe(z.number().min(slowest).max(most));

/** @throws {Error} that says what it may be */
export function readRate(text: string): number {
  const { data, success } = rateUpTo(fastest).safeParse(text);
  if (success) return data;
  throw new Error(`--rate is not a number from ${slowest} to ${fastest}.`);
}
