import * as z from 'zod';
import { writtenNumber, writtenWholeNumber } from './environment.ts';

/** @throws {Error} that says what it may be */
export function readNumber(option: string, text: string, least: number, most: number): number {
  const { data, success } = writtenNumber.pipe(z.number().min(least).max(most)).safeParse(text);
  if (success) return data;
  throw new Error(`${option} is not a number from ${least} to ${most}.`);
}

/** @throws {Error} that says what it may be */
export function readCount(option: string, text: string, least: number, most: number): number {
  const { data, success } = writtenWholeNumber.pipe(z.int().min(least).max(most)).safeParse(text);
  if (success) return data;
  throw new Error(`${option} is not a whole number from ${least} to ${most}.`);
}
