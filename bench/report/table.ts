import { titleOf } from '../cells.ts';
import type { Floor } from '../floors.ts';
import type { StartResult } from '../start.ts';
import type { Spread } from '../statistics.ts';
import type { CellResult, Summary } from '../summary.ts';

const headings = [
  '',
  'requests/s',
  '(min – max)',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'peak MB',
  'ours ×',
];

/** One cell as a table; the last column is ours divided by that row, in requests/s. */
export function formatCell({ cell, contenders, ratios }: CellResult): string {
  const rows = contenders.map((summary) => [
    ...formatSummary(summary),
    formatRatio(ratios[summary.contender]?.requestsPerSecond),
  ]);
  return `${titleOf(cell)}\n${align([headings, ...rows])}`;
}

export function formatStart({ startTime, idleMemory }: StartResult): string {
  const { median, min, max } = startTime;
  const times = `${whole(median)} ms (${whole(min)} – ${whole(max)})`;
  return `Start to ready: ${times}; idle memory: ${megabytes(idleMemory)} MB`;
}

export function formatFloors(floors: Floor[]): string {
  const lines = floors.map(({ says, figure, passes }) => {
    if (figure === undefined) return `  –     ${says}  (not measured)`;
    return `  ${passes ? 'pass' : 'FAIL'}  ${says}  (${figure.toPrecision(3)})`;
  });
  return ['Floors', ...lines].join('\n');
}

function formatSummary({ contender, requestsPerSecond, p50, p99, cpu, peakMemory }: Summary) {
  return [
    contender,
    whole(requestsPerSecond.median),
    `(${whole(requestsPerSecond.min)} – ${whole(requestsPerSecond.max)})`,
    tenths(p50),
    tenths(p99),
    whole(cpu.median),
    megabytes(peakMemory),
  ];
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '' : ratio.toFixed(2);
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
