import { type Cell, ratedCell, ratedScenarios, rates, titleOf, titles } from '../cells.ts';
import type { ContenderName } from '../contender-names.ts';
import { contenders } from '../contenders.ts';
import { type CellResult, keptUp, type Summary } from '../summary.ts';
import { whole } from './table.ts';

const width = 880;
const margin = 28;
const labelWidth = 176;
const columnWidth = (width - 2 * margin - labelWidth) / rates.length;
const barHeight = 17;
const rowHeight = 23;
const panelHead = 34;
/** Bars end here, so that the longest still leaves room for its figures. */
const barWidth = 84;
/** The most expensive first, so that the eye ends on the cheapest of a service; the constant is last. */
const order: ContenderName[] = ['express', 'fastify-defaults', 'ours', 'bare'];

/** Card and text change colour together: legible whatever lies behind the picture. */
const style = `
  .card { fill: #ffffff; stroke: #d0d7de }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-weight: 600 }
  .muted { fill: #59636e }
  .small { font-size: 12px }
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

/** CPU a request at each rate as bars, p99 beside them; nothing when a rate was not measured. */
export function drawChart(results: CellResult[], setting: string): string | undefined {
  const find = (cell: Cell) => results.find((each) => titleOf(each.cell) === titleOf(cell));
  const panels = ratedScenarios.map((scenario) =>
    rates.map((rate) => find(ratedCell(scenario, rate))).filter((result) => result !== undefined),
  );
  if (panels.some((panel) => panel.length < rates.length)) return undefined;

  const top = 104;
  const step = panelHead + order.length * rowHeight + 14;
  const height = top + panels.length * step + 6;
  const label = `CPU a request in microseconds: ${panels.flat().map(describe).join('; ')}`;
  const heads = rates.map(
    (rate, column) =>
      `<text class="panel" x="${axisOf(column)}" y="${top - 12}">${whole(rate)} a second</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(label)}">
<style>${style}
</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<text class="title" x="${margin}" y="36">CPU a request at a given rate, less is better; beside it p99</text>
<text class="muted small" x="${margin}" y="57">${escapeXml(setting)}</text>
${[...heads, ...panels.map((panel, row) => drawPanel(panel, top + row * step))].join('\n')}
</svg>
`;
}

/** One scenario: its bars share a scale over all rates. */
function drawPanel(panel: CellResult[], top: number): string {
  const [first] = panel;
  const longest = Math.max(...panel.flatMap(rowsOf).map(({ cpu }) => cpu.median));
  const rowTop = (row: number) => top + panelHead - 8 + row * rowHeight;
  const bottom = rowTop(order.length) - 2;
  return [
    `<text class="panel" x="${margin}" y="${top + 14}">${escapeXml(first ? titles[first.cell.scenario] : '')}</text>`,
    ...(first ? rowsOf(first) : []).map(({ contender }, row) => {
      const weight = contender === 'ours' ? 'strong' : '';
      return `<text class="${weight}" x="${axisOf(0) - 12}" y="${rowTop(row) + 13}" text-anchor="end">${escapeXml(shortTitleOf(contender))}</text>`;
    }),
    ...panel.flatMap((result, column) => [
      ...rowsOf(result).map((row, index) =>
        drawBar(row, result.cell, axisOf(column), rowTop(index), longest),
      ),
      `<line class="axis" x1="${axisOf(column)}" x2="${axisOf(column)}" y1="${rowTop(0) - 4}" y2="${bottom}"/>`,
    ]),
  ].join('\n');
}

function drawBar(summary: Summary, cell: Cell, axis: number, y: number, longest: number): string {
  const { contender, cpu, p99, requestsPerSecond } = summary;
  const length = Math.max(2, (cpu.median / longest) * barWidth);
  const kind = contender === 'ours' || contender === 'bare' ? contender : '';
  const strong = contender === 'ours' ? ' strong' : '';
  // A queue that grows has no p99 worth a name.
  const detail = keptUp(summary, cell)
    ? milliseconds(p99.median)
    : `only ${whole(requestsPerSecond.median)}/s`;
  return [
    `<rect class="bar ${kind}" x="${axis}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
    `<text class="number${strong}" x="${(axis + length + 8).toFixed(1)}" y="${y + 13}">${whole(cpu.median)} µs<tspan class="muted number small" dx="7" font-weight="400">${detail}</tspan></text>`,
  ].join('\n');
}

function rowsOf({ contenders: summaries }: CellResult): Summary[] {
  return order.flatMap((name) => summaries.filter(({ contender }) => contender === name));
}

function axisOf(column: number): number {
  return margin + labelWidth + column * columnWidth;
}

function shortTitleOf(name: ContenderName): string {
  return contenders.find((contender) => contender.name === name)?.shortTitle ?? name;
}

function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${whole(value)} ms`;
}

function describe(result: CellResult): string {
  const figures = rowsOf(result).map(
    ({ contender, cpu }) => `${shortTitleOf(contender)} ${whole(cpu.median)}`,
  );
  return `${titleOf(result.cell)}: ${figures.join(', ')}`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
