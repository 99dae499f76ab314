import type { Tally } from './tally.ts';

export interface ProgressView {
  readonly tally: Tally;
  /** Of the pool, where it is known and applies. */
  readonly total: number | undefined;
  readonly usersPerSecond: number;
  /** Set while throttling keeps the pages below the rate asked for. */
  readonly slowedTo: number | undefined;
}

const full = new Intl.NumberFormat('en-US');
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const narrowestBar = 8;
const widestBar = 30;

/** The progress in one line of at most `columns`: full figures and a bar where there is room. */
export function describeProgress(view: ProgressView, columns: number): string {
  const long = describe(view, full);
  const line = long.length <= columns ? long : describe(view, compact);
  const room = Math.min(widestBar, columns - line.length - 3);
  const share = shareOf(view);
  const bar = share !== undefined && room >= narrowestBar ? `${drawBar(share, room)} ` : '';
  return `${bar}${line}`.slice(0, columns);
}

function describe(
  { tally, total, usersPerSecond, slowedTo }: ProgressView,
  format: Intl.NumberFormat,
) {
  const seen = format.format(tally.users);
  const share = shareOf({ tally, total });
  const left = total === undefined ? Number.NaN : (total - tally.users) / usersPerSecond;
  // What a narrow terminal cuts off comes last.
  return [
    share === undefined
      ? `${seen} users`
      : `${seen}/${format.format(total ?? 0)} users ${Math.floor(share * 100)}%`,
    ...(Number.isFinite(left) && left >= 0 ? [`${describeTime(left)} left`] : []),
    `${format.format(tally.created)} created`,
    `${format.format(tally.filled)} filled`,
    `${format.format(tally.skipped)} skipped`,
    `${format.format(tally.failed)} failed`,
    `${format.format(Math.round(usersPerSecond))}/s`,
    ...(slowedTo === undefined ? [] : [`throttled to ${slowedTo.toFixed(1)} pages/s`]),
  ].join(', ');
}

/** The pool's size is an estimate: it never shows as more than done. */
function shareOf({ tally, total }: Pick<ProgressView, 'tally' | 'total'>): number | undefined {
  return total ? Math.min(1, tally.users / total) : undefined;
}

function drawBar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

export function describeTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}
