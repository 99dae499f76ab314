/** A moment (RFC 3339) as the local time of `datetime-local`; anything else is no time. */
export function toLocalMoment(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return '';
  // Part by part: the local time of long ago, which a year half typed is, is off by seconds too.
  const day = [pad(time.getFullYear(), 4), pad(time.getMonth() + 1), pad(time.getDate())];
  const clock = [pad(time.getHours()), pad(time.getMinutes()), pad(time.getSeconds())];
  return `${day.join('-')}T${clock.join(':')}`;
}

const pad = (part: number, digits = 2) => String(part).padStart(digits, '0');

/** What `datetime-local` says, in the device's time zone, as a moment in UTC. */
export function toMoment(local: string): string {
  const time = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
