export interface ReconcileOptions {
  /** Only then is anything written or deleted. */
  readonly yes: boolean;
  /** So many profiles without a user may be noted and erased, whatever the share. */
  readonly allow: number | undefined;
  /** Pages of 60 users a second, of all pools together. */
  readonly rate: number;
}

/** Days between the run that first misses a user and one that may erase their profile. */
export const graceDays = 7;

/** How many profiles without a user are plausible: beyond that, something else is wrong. */
export function plausibleUserless(profiles: number): number {
  return Math.min(1_000, Math.floor(profiles / 100));
}
