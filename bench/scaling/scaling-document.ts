import { limits, peopleFor, rateWithHotProfile } from './limits.ts';
import { formatCount, formatTable } from './markdown.ts';
import { simulateSurge, summarize, surges } from './surge.ts';
import { colours, drawArea, drawBox, drawChart, drawLine, drawText } from './svg.ts';
import { cpuOfRequest, vcpuFor } from './task-cpu.ts';

/** Two digits that matter: the inputs are no better. */
function roundCount(count: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return formatCount(Math.round(count / unit) * unit);
}

export function renderLimits(): string {
  return formatTable(
    ['Limit', 'Requests a second', 'People, at five times the average', 'What then'],
    limits.map(({ name, perSecond, remedy }) => [
      name,
      roundCount(perSecond),
      /^(Reads|Writes) /.test(name) ? '–' : roundCount(peopleFor(perSecond)),
      remedy,
    ]),
  );
}

const taskRates = [10, 42, 83, 200, 1_000];
const taskSizes = [0.25, 0.5, 1];

/** What a rate of requests makes of a task. */
export function renderTaskCpu(): string {
  const percent = (share: number) => (share > 1 ? '–' : `${Math.round(share * 100)}%`);
  return formatTable(
    ['Requests a second', 'CPU of one, µs', ...taskSizes.map((size) => `of ${size} vCPU`)],
    taskRates.map((rate) => [
      formatCount(rate),
      roundCount(cpuOfRequest(rate)),
      ...taskSizes.map((size) => percent(vcpuFor(rate) / size)),
    ]),
  );
}

export function renderSurges(): string {
  return formatTable(
    ['Launch', 'Refused', 'Minutes short of tasks', 'Minutes short of table', 'Most tasks'],
    surges.map((surge) => {
      const { refusedPercent, minutesShortOfTasks, minutesShortOfTable, mostTasks } = summarize(
        simulateSurge(surge),
      );
      return [
        surge.name,
        `${refusedPercent.toFixed(1)}%`,
        String(minutesShortOfTasks),
        String(minutesShortOfTable),
        String(mostTasks),
      ];
    }),
  );
}

const shares = [0, 0.001, 0.01, 0.1, 0.5];
const partitionCounts = [4, 16, 64];

export function renderHotProfiles(): string {
  return formatTable(
    ['Hottest profile’s share of reads', ...partitionCounts.map((count) => `${count} partitions`)],
    shares.map((share) => [
      share === 0 ? 'all alike' : `${share * 100}%`,
      ...partitionCounts.map((count) => roundCount(rateWithHotProfile(share, count))),
    ]),
  );
}

/** A panel for each launch: what is asked, what can be answered, what is refused. */
export function drawSurgeChart(): string {
  const [width, panelWidth, panelHeight, left, top, gap] = [900, 250, 210, 60, 96, 28];
  const highest = 30_000;
  const shapes: string[] = [];
  surges.forEach((surge, panel) => {
    const minutes = simulateSurge(surge);
    const x0 = left + panel * (panelWidth + gap);
    const x = (minute: number) => x0 + (minute / surge.minutes) * panelWidth;
    const y = (rate: number) => top + panelHeight * (1 - Math.min(rate, highest) / highest);
    const [title = '', more = ''] = surge.name.split(': ');
    shapes.push(drawText(x0, top - 28, title, { weight: 600, size: 12 }));
    shapes.push(drawText(x0, top - 12, more, { size: 11 }));
    for (const rate of [0, 10_000, 20_000, 30_000]) {
      shapes.push(
        drawLine(
          [
            [x0, y(rate)],
            [x0 + panelWidth, y(rate)],
          ],
          '#ddd',
          1,
        ),
      );
      if (panel === 0) {
        shapes.push(drawText(x0 - 8, y(rate) + 4, formatCount(rate), { anchor: 'end', size: 11 }));
      }
    }
    const series = (value: (minute: (typeof minutes)[number]) => number): [number, number][] =>
      minutes.map((one, minute) => [x(minute), y(value(one))]);
    const refused = [...series((one) => one.demand), ...series((one) => one.served).reverse()];
    shapes.push(drawArea(refused, '#f5c6b5'));
    shapes.push(
      drawLine(
        series((one) => one.tableCapacity),
        colours[2] ?? '',
        2,
        '6 4',
      ),
    );
    shapes.push(
      drawLine(
        series((one) => one.taskCapacity),
        colours[1] ?? '',
        2,
        '2 3',
      ),
    );
    shapes.push(
      drawLine(
        series((one) => one.demand),
        '#333',
        1.5,
      ),
    );
    shapes.push(
      drawLine(
        series((one) => one.served),
        colours[0] ?? '',
        2.5,
      ),
    );
    for (const minute of [0, 30, 60, 90, 120]) {
      shapes.push(
        drawText(x(minute), top + panelHeight + 18, String(minute), { anchor: 'middle', size: 11 }),
      );
    }
    shapes.push(
      drawText(x0 + panelWidth / 2, top + panelHeight + 36, 'minutes', {
        anchor: 'middle',
        size: 11,
      }),
    );
  });
  const legend: [string, string, string][] = [
    ['asked', '#333', ''],
    ['answered', colours[0] ?? '', ''],
    ['tasks could answer*', colours[1] ?? '', '2 3'],
    ['table could read*', colours[2] ?? '', '6 4'],
  ];
  const base = top + panelHeight + 62;
  legend.forEach(([name, colour, dash], index) => {
    const x = left + index * 170;
    shapes.push(
      drawLine(
        [
          [x, base],
          [x + 26, base],
        ],
        colour,
        2.5,
        dash,
      ),
    );
    shapes.push(drawText(x + 33, base + 4, name, { size: 12 }));
  });
  shapes.push(drawBox(left + 4 * 170, base - 7, 26, 13, '#f5c6b5'));
  shapes.push(drawText(left + 4 * 170 + 33, base + 4, 'refused', { size: 12 }));
  shapes.push(drawText(left, base + 30, '* cut off at 30,000', { size: 11 }));
  return drawChart(width, base + 46, 'A launch: requests a second, over two hours', shapes);
}

/** Limits as bars over a logarithmic scale of requests a second. */
export function drawLimitsChart(): string {
  const [width, left, barWidth, step, top] = [900, 330, 500, 30, 66];
  const [lowest, highest] = [1, 6];
  const x = (rate: number) => left + ((Math.log10(rate) - lowest) / (highest - lowest)) * barWidth;
  const bottom = top + limits.length * step;
  const shapes: string[] = [];
  for (let power = lowest; power <= highest; power++) {
    const at = x(10 ** power);
    shapes.push(
      drawLine(
        [
          [at, top - 8],
          [at, bottom],
        ],
        '#ddd',
        1,
      ),
    );
    shapes.push(
      drawText(at, bottom + 18, formatCount(10 ** power), { anchor: 'middle', size: 11 }),
    );
  }
  limits.forEach(({ name, perSecond }, row) => {
    const y = top + row * step;
    shapes.push(drawText(left - 12, y + 14, name, { anchor: 'end', size: 12 }));
    const colour = colours[/task/.test(name) ? 1 : /Cognito/.test(name) ? 3 : 2] ?? '';
    shapes.push(drawBox(left, y, x(perSecond) - left, 19, colour));
    shapes.push(drawText(x(perSecond) + 6, y + 14, roundCount(perSecond), { size: 12 }));
  });
  shapes.push(
    drawText(left + barWidth / 2, bottom + 38, 'requests a second', { anchor: 'middle', size: 12 }),
  );
  return drawChart(width, bottom + 56, 'Where each limit bites', shapes);
}
