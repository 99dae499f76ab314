import { ratedScenarios, rates, titles } from '../cells.ts';
import type { IdleResult } from '../idle.ts';
import { formatTable } from '../scaling/markdown.ts';
import { type CellResult, keptUp, type Summary } from '../summary.ts';
import { cpuOfBare, whole } from './table.ts';

export function isRated({ cell }: CellResult): boolean {
  return rates.includes(cell.arrivals ?? 0);
}

/** What was measured at given rates, for readers: bench/results/rates.md. */
export function renderRates(results: CellResult[], idle: IdleResult[], setting: string): string {
  const tables = ratedScenarios.flatMap((scenario) => {
    const cells = results.filter(({ cell }) => cell.scenario === scenario);
    const [first] = cells;
    return first ? [`## ${titles[scenario]}`, renderScenario(cells), renderCounts(first)] : [];
  });
  const rest = idle.map(({ contender, cpu, loopTurnsPerSecond, memory }) => [
    contender,
    cpu.toFixed(1),
    whole(loopTurnsPerSecond),
    whole(memory / 1e6),
  ]);
  return [
    '# A task in service, measured',
    `Written by \`npm run bench\`; [the benchmark](../README.md) says what the words mean. ${setting}.`,
    'CPU a request in µs, in brackets as a multiple of bare Fastify’s at the same rate; then p50 and p99 in ms. Where a contender could not keep up with the rate, what it answered a second stands instead.',
    ...tables,
    '## Idle',
    formatTable(['', 'CPU ms a second', 'loop turns a second', 'memory MB'], rest),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function renderScenario(cells: CellResult[]): string {
  const names = cells[0]?.contenders.map(({ contender }) => contender) ?? [];
  return formatTable(
    ['', ...cells.map(({ cell }) => `${whole(cell.arrivals ?? 0)} a second`)],
    names.map((name) => [name, ...cells.map((result) => renderFigures(result, name))]),
  );
}

function renderFigures({ cell, contenders }: CellResult, name: Summary['contender']): string {
  const summary = contenders.find(({ contender }) => contender === name);
  if (!summary) return '–';
  const { cpu, p50, p99, requestsPerSecond } = summary;
  const unit = (cpu.median / cpuOfBare(contenders)).toFixed(1);
  const waits = keptUp(summary, cell)
    ? `${p50.median.toFixed(1)} / ${p99.median.toFixed(1)}`
    : `only ${whole(requestsPerSecond.median)} a second`;
  return `${whole(cpu.median)} (${unit}), ${waits}`;
}

function renderCounts({ cell, contenders, calls }: CellResult): string {
  if (!calls) return '';
  const rows = contenders.flatMap(({ contender, loopTurns }) => {
    const counted = calls[contender];
    if (!counted) return [];
    const { socketReads, socketWrites, polls, requestsPerSecond } = counted;
    const figures = [loopTurns.median, polls, socketReads, socketWrites, requestsPerSecond];
    return [[contender, ...figures.map((figure) => figure.toFixed(1))]];
  });
  const head = ['loop turns', 'polls', 'socket reads', 'socket writes', 'answered a second'];
  return [
    `A request at ${cell.arrivals} a second; under strace but for the turns:`,
    formatTable(['', ...head], rows),
  ].join('\n\n');
}
