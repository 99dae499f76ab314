/** A moment (RFC 3339) as the local time of `datetime-local`; anything else is no time. */
export function toLocalMoment(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return '';
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 19);
}

/** What `datetime-local` says, in the device's time zone, as a moment in UTC. */
export function toMoment(local: string): string {
  const time = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
