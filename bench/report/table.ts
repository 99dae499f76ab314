import type { Bar } from '../bars.ts';
import { titleOf } from '../cells.ts';
import type { IdleResult } from '../idle.ts';
import type { StartResult } from '../start.ts';
import type { Spread } from '../statistics.ts';
import type { CellResult, Summary } from '../summary.ts';

/** A column of figures: its heading, and what it shows of a contender. */
type Column = [string, (summary: Summary, result: CellResult) => string];

const latencies: Column[] = [
  ['p50 ms', ({ p50 }) => tenths(p50)],
  ['p99 ms', ({ p99 }) => tenths(p99)],
];
const loop: Column = ['turns', ({ loopTurns }) => tenths(loopTurns)];

const throughput: Column[] = [
  ['requests/s', ({ requestsPerSecond }) => whole(requestsPerSecond.median)],
  ['(min – max)', ({ requestsPerSecond }) => formatRange(requestsPerSecond)],
  ...latencies,
  ['CPU µs', ({ cpu }) => whole(cpu.median)],
  loop,
  ['peak MB', ({ peakMemory }) => megabytes(peakMemory)],
  ['ours ×', ({ contender }, { ratios }) => formatRatio(ratios[contender]?.requestsPerSecond)],
];

/** At a given rate, what a request costs: every contender answers as many, as long as it can. */
const cost: Column[] = [
  ['requests/s', ({ requestsPerSecond }) => whole(requestsPerSecond.median)],
  ['CPU µs', ({ cpu }) => whole(cpu.median)],
  ['(min – max)', ({ cpu }) => formatRange(cpu)],
  ['of bare', ({ cpu }, { contenders }) => formatRatio(cpu.median / cpuOfBare(contenders))],
  ['ours ×', ({ contender }, { ratios }) => formatRatio(ratios[contender]?.cpu)],
  ...latencies,
  loop,
];

const systemCalls: Column[] = [
  ['reads', ({ contender }, { calls }) => formatRatio(calls?.[contender]?.socketReads)],
  ['writes', ({ contender }, { calls }) => formatRatio(calls?.[contender]?.socketWrites)],
  ['polls', ({ contender }, { calls }) => formatRatio(calls?.[contender]?.polls)],
];

/** One cell as a table; `ours ×` is ours divided by that row: of requests/s, or of CPU at a rate. */
export function formatCell(result: CellResult): string {
  const { cell, contenders, calls } = result;
  const columns = [...(cell.arrivals ? cost : throughput), ...(calls ? systemCalls : [])];
  const rows = contenders.map((summary) => [
    summary.contender,
    ...columns.map(([, show]) => show(summary, result)),
  ]);
  return `${titleOf(cell)}\n${align([['', ...columns.map(([heading]) => heading)], ...rows])}`;
}

export function formatIdle(results: IdleResult[]): string {
  const rows = results.map(({ contender, cpu, loopTurnsPerSecond, memory }) => [
    contender,
    cpu.toFixed(1),
    whole(loopTurnsPerSecond),
    megabytes(memory),
  ]);
  return `Idle\n${align([['', 'CPU ms/s', 'turns/s', 'memory MB'], ...rows])}`;
}

export function formatStart({ startTime, idleMemory }: StartResult): string {
  const { median, min, max } = startTime;
  const times = `${whole(median)} ms (${whole(min)} – ${whole(max)})`;
  return `Start to ready: ${times}; idle memory: ${megabytes(idleMemory)} MB`;
}

/** Each with its verdict: a floor that is missed is a fault, a goal that is missed is work to do. */
export function formatBars(bars: Bar[]): string {
  return `${formatKind('Floors', bars, 'floor')}\n\n${formatKind('Goals', bars, 'goal')}`;
}

function formatKind(title: string, bars: Bar[], kind: Bar['kind']): string {
  const those = bars.filter((bar) => bar.kind === kind);
  const [yes, no] = kind === 'floor' ? ['holds ', 'MISSED'] : ['there ', 'to go '];
  const lines = those.map(({ says, figure, passes }) => {
    if (figure === undefined) return `  –       ${says}  (not measured)`;
    return `  ${passes ? yes : no}  ${says}  (${figure.toPrecision(3)})`;
  });
  const reached = those.filter(({ passes }) => passes).length;
  const measured = those.filter(({ passes }) => passes !== undefined).length;
  return [title, ...lines, `  ${reached} of ${measured} measured are reached`].join('\n');
}

export function cpuOfBare(contenders: Summary[]): number {
  return contenders.find(({ contender }) => contender === 'bare')?.cpu.median ?? Number.NaN;
}

function formatRange({ min, max }: Spread): string {
  return `(${whole(min)} – ${whole(max)})`;
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined || Number.isNaN(ratio) ? '' : ratio.toFixed(2);
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function tenths({ median }: Spread): string {
  return median < 10 ? median.toFixed(2) : median.toFixed(1);
}

function megabytes(bytes: number): string {
  return whole(bytes / 1e6);
}

/** First column to the left, figures to the right. */
function align(rows: string[][]): string {
  const columns = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((text, column) => {
          const width = columns?.[column] ?? 0;
          return column === 0 ? text.padEnd(width) : text.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
