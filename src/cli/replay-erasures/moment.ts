import * as z from 'zod';

const moment = z.iso.datetime({ offset: true }).regex(/T\d\d:\d\d:\d\d/);

/**
 * A moment of RFC 3339. Without its zone, it would be another one in each operator's.
 * @returns it in UTC, with milliseconds
 * @throws {Error} that names the option
 */
export function readMoment(option: string, text: string): string {
  if (moment.safeParse(text).success) return new Date(text).toISOString();
  throw new Error(
    `${option} ${text}: is not a moment with Z or an offset, such as 2026-11-24T12:00:00Z or 2026-11-24T04:00:00-08:00.`,
  );
}
