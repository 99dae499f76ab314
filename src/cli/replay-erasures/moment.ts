import * as z from 'zod';

const moment = z.iso.datetime({ offset: true }).regex(/T\d\d:\d\d:\d\d/);

/**
 * A moment of RFC 3339 that has passed: with a mistyped year, nothing would be found. Without its
 * zone, it would be another one in each operator's.
 * @returns it in UTC, with milliseconds
 * @throws {Error} that names the option
 */
export function readMoment(option: string, text: string): string {
  if (!moment.safeParse(text).success) {
    throw new Error(
      `${option} ${text}: is not a moment with Z or an offset, such as 2026-11-24T12:00:00Z or 2026-11-24T04:00:00-08:00.`,
    );
  }
  const date = new Date(text);
  if (date.getTime() > Date.now()) {
    throw new Error(`${option} ${text}: is in the future, and the table was restored to the past.`);
  }
  return date.toISOString();
}
