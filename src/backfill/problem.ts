/** One line of the report: a user, and what is wrong. Ids and names of fields, never values. */
export interface Problem {
  readonly userId?: string;
  /** Only where there is no usable `sub` to name the user by. */
  readonly username?: string;
  readonly attribute?: string;
  readonly field?: string;
  readonly reason: string;
  /** Who wrote the profile's field last, where that explains a drift. */
  readonly writtenBy?: string | undefined;
}

export function summarize({ field, reason }: Problem): string {
  return field === undefined ? reason : `${field}: ${reason}`;
}
