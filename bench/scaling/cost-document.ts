import { type CostLine, deployments, estimateCost } from './cost.ts';
import { formatCount, formatMoney, formatTable } from './markdown.ts';
import { colours, drawBox, drawChart, drawLine, drawText } from './svg.ts';

const estimates = deployments.map((deployment) => ({
  name: deployment.name,
  ...estimateCost(deployment),
}));

const labels: [CostLine, string][] = [
  ['tableReads', 'Table: reads'],
  ['tableWrites', 'Table: writes'],
  ['tableStorage', 'Table: storage'],
  ['tableRecovery', 'Table: recovery to any second'],
  ['tasks', 'Tasks'],
  ['loadBalancer', 'Load balancer'],
  ['addresses', 'Public addresses'],
  ['natGateways', 'NAT gateways'],
  ['endpoints', 'Interface endpoints'],
  ['logs', 'Logs'],
  ['transfer', 'Traffic out'],
  ['watching', 'Alarms, metrics, dashboard, zone'],
];

export function renderLoad(): string {
  const row = (label: string, value: (estimate: (typeof estimates)[number]) => number) => [
    label,
    ...estimates.map((estimate) => formatCount(value(estimate))),
  ];
  return formatTable(
    ['A month', ...estimates.map(({ name }) => name)],
    [
      row('Requests', ({ workload }) => workload.requests),
      row('Requests a second, average', ({ workload }) => workload.averagePerSecond),
      row('Requests a second, peak', ({ workload }) => workload.peakPerSecond),
      row('Read units', ({ workload }) => workload.readUnits),
      row('Write units', ({ workload }) => workload.writeUnits),
      row('Tasks, average', ({ averageTasks }) => averageTasks),
      row('Tasks, peak', ({ peakTasks }) => peakTasks),
    ],
  );
}

export function renderCost(): string {
  return formatTable(
    ['US dollars a month', ...estimates.map(({ name }) => name)],
    [
      ...labels.map(([line, label]) => [
        label,
        ...estimates.map(({ lines }) => formatMoney(lines[line])),
      ]),
      ['**Together**', ...estimates.map(({ total }) => `**${formatMoney(total)}**`)],
      ['A thousand people', ...estimates.map((one) => formatMoney(one.perThousandPeople))],
    ],
  );
}

const groups: [string, CostLine[]][] = [
  ['Table', ['tableReads', 'tableWrites', 'tableStorage', 'tableRecovery']],
  ['Tasks', ['tasks']],
  ['Load balancer and addresses', ['loadBalancer', 'addresses']],
  ['NAT and endpoints', ['natGateways', 'endpoints']],
  ['Logs', ['logs']],
  ['Traffic out', ['transfer']],
  ['Watching', ['watching']],
];

/** Each deployment as one bar of full width: where the money goes. */
export function drawCostChart(): string {
  const [width, left, barWidth, barHeight, step] = [860, 190, 640, 40, 66];
  const top = 70;
  const shapes: string[] = [];
  estimates.forEach(({ name, lines, total }, row) => {
    const y = top + row * step;
    shapes.push(drawText(left - 14, y + 18, name, { anchor: 'end', weight: 600 }));
    shapes.push(
      drawText(left - 14, y + 35, `${formatMoney(total)} a month`, { anchor: 'end', size: 12 }),
    );
    let x = left;
    groups.forEach(([, members], index) => {
      const share = members.reduce((sum, line) => sum + lines[line], 0) / total;
      shapes.push(drawBox(x, y, share * barWidth, barHeight, colours[index] ?? '#000'));
      if (share >= 0.05) {
        const text = `${Math.round(share * 100)}%`;
        shapes.push(
          drawText(x + (share * barWidth) / 2, y + 25, text, {
            anchor: 'middle',
            colour: '#fff',
            weight: 600,
          }),
        );
      }
      x += share * barWidth;
    });
  });
  const base = top + estimates.length * step;
  shapes.push(
    drawLine(
      [
        [left, top - 8],
        [left, base - 16],
      ],
      '#999',
      1,
    ),
  );
  groups.forEach(([name], index) => {
    const [x, y] = [left + (index % 3) * 220, base + 6 + Math.floor(index / 3) * 24];
    shapes.push(drawBox(x, y, 13, 13, colours[index] ?? '#000'));
    shapes.push(drawText(x + 20, y + 11, name, { size: 12 }));
  });
  return drawChart(width, base + 90, 'Where a month’s money goes', shapes);
}
