import { type Cell, cellSets, titleOf } from '../cells.ts';
import { type Contender, contenders } from '../contenders.ts';
import type { CellResult, Summary } from '../summary.ts';
import { whole } from './table.ts';

const width = 880;
const margin = 28;
const labelWidth = 210;
const barHeight = 20;
const rowHeight = 28;
const panelHead = 40;
/** Bars end here, so that the longest still leaves room for its figures. */
const barWidth = 350;

/** Card and text change colour together: legible whatever lies behind the picture. */
const style = `
  .card { fill: #ffffff; stroke: #d0d7de }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-weight: 600 }
  .muted { fill: #59636e }
  .number { font-variant-numeric: tabular-nums }
  .axis { stroke: #d0d7de }
  .bar { fill: #8c959f }
  .bare { fill: none; stroke: #8c959f; stroke-dasharray: 3 3 }
  .ours { fill: #0969da }
  .strong { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .muted { fill: #9198a1 }
    .axis { stroke: #3d444d }
    .bar { fill: #656c76 }
    .bare { fill: none; stroke: #9198a1 }
    .ours { fill: #4493f8 }
  }`;

/** The cells the floors speak of; one connection says nothing about throughput. */
const charted = cellSets.floors.filter(
  ({ connections, arrivals }) => connections >= 64 && !arrivals,
);

/** Requests a second as bars, with p99 and CPU beside them; nothing when nothing was charted. */
export function drawChart(results: CellResult[], setting: string): string | undefined {
  const panels = charted
    .map((cell) => results.find((result) => titleOf(result.cell) === titleOf(cell)))
    .filter((result) => result !== undefined);
  if (panels.length === 0) return undefined;

  let y = 78;
  const drawn = panels.map((result) => {
    const top = y;
    y += panelHead + result.contenders.length * rowHeight + 14;
    return drawPanel(result, top);
  });
  const height = y + 6;
  const label = `Requests a second: ${panels.map(describe).join('; ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(label)}">
<style>${style}
</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<text class="title" x="${margin}" y="36">Requests a second, more is better</text>
<text class="muted" x="${margin}" y="57">${escapeXml(setting)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ cell, contenders: summaries }: CellResult, top: number): string {
  // Slowest first, so that the eye ends on the longest bar of a service; the constant is last.
  const order = (name: string) => ['express', 'fastify-defaults', 'ours', 'bare'].indexOf(name);
  // The same service with more fields is for the floors, not for who compares services.
  const shown = summaries.filter(({ contender }) => contender !== 'sixty-fields');
  const rows = shown.sort((a, b) => order(a.contender) - order(b.contender));
  const longest = Math.max(...rows.map(({ requestsPerSecond }) => requestsPerSecond.median));
  const axis = margin + labelWidth;
  const bottom = top + panelHead - 10 + rows.length * rowHeight;
  return [
    `<text class="panel" x="${margin}" y="${top + 20}">${escapeXml(titleOf(cell))}</text>`,
    ...rows.map((row, index) => drawRow(row, top + panelHead - 8 + index * rowHeight, longest)),
    `<line class="axis" x1="${axis}" x2="${axis}" y1="${top + panelHead - 12}" y2="${bottom}"/>`,
  ].join('\n');
}

function drawRow({ contender, requestsPerSecond, p99, cpu }: Summary, y: number, longest: number) {
  const axis = margin + labelWidth;
  const length = Math.max(2, (requestsPerSecond.median / longest) * barWidth);
  const kind = contender === 'ours' || contender === 'bare' ? contender : '';
  const strong = contender === 'ours' ? ' strong' : '';
  const middle = y + barHeight / 2 + 4.5;
  const detail = `p99 ${milliseconds(p99.median)} · CPU ${whole(cpu.median)} µs`;
  return [
    `<text class="${strong.trim()}" x="${axis - 12}" y="${middle}" text-anchor="end">${escapeXml(shortTitleOf(contender))}</text>`,
    `<rect class="bar ${kind}" x="${axis}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
    `<text class="number${strong}" x="${(axis + length + 10).toFixed(1)}" y="${middle}">${whole(requestsPerSecond.median)}<tspan class="muted number" dx="10" font-weight="400">${detail}</tspan></text>`,
  ].join('\n');
}

function shortTitleOf(name: Contender['name']): string {
  return contenders.find((contender) => contender.name === name)?.shortTitle ?? name;
}

function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${whole(value)} ms`;
}

function describe({ cell, contenders: summaries }: { cell: Cell; contenders: Summary[] }): string {
  const figures = summaries.map(
    ({ contender, requestsPerSecond }) =>
      `${shortTitleOf(contender)} ${whole(requestsPerSecond.median)}`,
  );
  return `${titleOf(cell)}: ${figures.join(', ')}`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
