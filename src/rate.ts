import * as z from 'zod';
import { writtenNumber } from './environment.ts';
import { readNumber } from './number-option.ts';

/** Slowed down by throttling, a slower pace is more than Node's timers hold, which then fire at once. */
const slowest = 0.01;
const fastest = 10_000;

/** How often a second, as `--rate` has it. */
export const rateUpTo = (most: number) => writtenNumber.pipe(z.number().min(slowest).max(most));

/** @throws {Error} that says what it may be */
export const readRate = (text: string) => readNumber('--rate', text, slowest, fastest);
