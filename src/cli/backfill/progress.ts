import type { WriteStream } from 'node:tty';
import type { Tally } from '../../backfill/tally.ts';

export interface ProgressOptions {
  readonly stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  readonly view: () => ProgressView;
}

const redrawMs = 200;
const lineMs = 10_000;
const clearLine = '\r\x1b[2K';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

/** One line that rewrites itself on a terminal; elsewhere a line every ten seconds. */
export function createProgress({ stream, view }: ProgressOptions) {
  const terminal = stream.isTTY === true;
  const columns = () => (terminal ? (stream.columns ?? 80) - 1 : 200);
  const draw = () => {
    const line = formatProgress(view(), columns());
    stream.write(terminal ? `${clearLine}${line}` : `${line}\n`);
  };
  let timer: NodeJS.Timeout | undefined;

  return {
    start(): void {
      // The speed is measured from here.
      view();
      if (terminal) {
        stream.write(hideCursor);
        draw();
      }
      timer = setInterval(draw, terminal ? redrawMs : lineMs).unref();
    },
    /** Something worth a line of its own, above the one that rewrites itself. */
    note(text: string): void {
      stream.write(terminal && timer ? `${clearLine}${text}\n` : `${text}\n`);
      if (terminal && timer) draw();
    },
    stop(): void {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      draw();
      if (terminal) stream.write(`\n${showCursor}`);
    },
  };
}

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
export function formatProgress(view: ProgressView, columns: number): string {
  const long = formatLine(view, full);
  const line = long.length <= columns ? long : formatLine(view, compact);
  const room = Math.min(widestBar, columns - line.length - 3);
  const share = shareOf(view);
  const bar = share !== undefined && room >= narrowestBar ? `${drawBar(share, room)} ` : '';
  return `${bar}${line}`.slice(0, columns);
}

function formatLine(
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
    ...(Number.isFinite(left) && left >= 0 ? [`${formatTime(left)} left`] : []),
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

export function formatTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

const speedWindowMs = 15_000;

/** Users a second over the last quarter of a minute, from samples of a count that rises. */
export function createSpeed(now: () => number = () => performance.now()) {
  const samples: { at: number; count: number }[] = [];

  return function measure(count: number): number {
    const at = now();
    // A walk that began again counts from the beginning.
    if (count < (samples.at(-1)?.count ?? 0)) samples.length = 0;
    samples.push({ at, count });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= speedWindowMs) samples.shift();
    const [first] = samples;
    if (!first || at <= first.at) return 0;
    return ((count - first.count) / (at - first.at)) * 1000;
  };
}
