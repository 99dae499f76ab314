import { fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { hear } from './ask.ts';
import { checkBars } from './bars.ts';
import { buildPeers } from './build-peers.ts';
import { groupCells, titleOf } from './cells.ts';
import { profileFlags } from './contender-process.ts';
import { absenceOf, type Contender, contenders as everyone, takesPart } from './contenders.ts';
import { people, signedIn } from './data.ts';
import { createEmptyTable, fillTable, tableEnvironment } from './fill.ts';
import { options } from './given.ts';
import { createIdentity } from './identity.ts';
import { measureIdle } from './idle.ts';
import { createLoad } from './load.ts';
import { type Bench, countNewcomers, measure } from './measure.ts';
import { saveReport } from './report/files.ts';
import { formatBars, formatCell, formatIdle, formatStart } from './report/table.ts';
import { measureStart } from './start.ts';
import type { CellResult } from './summary.ts';

const began = performance.now();
const [loadBefore = Number.NaN] = loadavg();
// Each stage overwrites the line of the one before; a log gets a line for each cell alone.
const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};
const announce = (text: string) => {
  progress('');
  const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(4);
  process.stderr.write(`${seconds} s  ${text}\n`);
};

buildPeers();
const contenders: Contender[] = [];
for (const contender of everyone) {
  if (!options.contenders.includes(contender.name)) continue;
  const absence = absenceOf(contender);
  if (absence) announce(`without ${contender.name}: ${absence}`);
  else contenders.push(contender);
}

announce(`filling the table with ${people} people, signing ${signedIn} tokens`);
const table = fork(fileURLToPath(new URL('./table/process.ts', import.meta.url)), {
  execArgv: [...process.execArgv, ...profileFlags()],
});
const ports = await hear<{ direct: number; delayed: number }>(table);
const groups = groupCells(options.cells);
const identity = await createIdentity(countNewcomers(groups, options.timing));
const load = await createLoad(identity.tokens);
const environmentFor = (latency: number) => ({
  ...tableEnvironment(latency === 0 ? ports.direct : ports.delayed),
  ...identity.env,
});
await fillTable(ports.direct);

const bench: Bench = {
  load,
  tokens: identity.tokens,
  environmentFor,
  createEmptyTable: () => createEmptyTable(ports.direct),
};

const results: CellResult[] = [];
for (const [number, cells] of groups.entries()) {
  const [first] = cells;
  if (!first) continue;
  const able = contenders.filter((each) => takesPart(each, first));
  const others = cells.length > 1 ? `, and ${cells.length - 1} more rates` : '';
  announce(`${number + 1}/${groups.length} ${titleOf(first)}${others}`);
  const measured = await measure(bench, cells, able, options.timing, (cell, { name }, round) => {
    const stage = round === 0 ? 'warm-up' : `round ${round}/${options.timing.rounds}`;
    progress(`        ${titleOf(cell)}: ${stage}, ${name}`);
  });
  progress('');
  results.push(...measured);
  for (const result of measured) console.log(`\n${formatCell(result)}\n`);
}

announce('leaving everyone idle');
const idle = await measureIdle(bench, contenders, options.idleSeconds);
const ours = contenders.find(({ name }) => name === 'ours');
if (ours) announce(`starting the service ${options.starts} times`);
const start = ours && (await measureStart(ours, environmentFor(0), options.starts));
const sixty = contenders.find(({ name }) => name === 'sixty-fields');
if (sixty) announce(`starting it with 60 fields ${options.starts} times`);
const sixtyStart = sixty && (await measureStart(sixty, environmentFor(0), options.starts));
load.end();
table.disconnect();
identity.close();

const bars = checkBars({ results, start, sixtyStart, idle });
console.log(`\n${formatIdle(idle)}`);
if (start) console.log(`\n${formatStart(start)}`);
console.log(`\n${formatBars(bars)}`);

const isWhole = contenders.length === everyone.length;
const replaces = isWhole ? options.replaces : 'none';
const { timing } = options;
saveReport({ results, idle, start, sixtyStart, bars, timing, loadBefore, replaces }, announce);
announce('done');
const isMissed = bars.some(({ kind, passes }) => kind === 'floor' && passes === false);
if (options.check && isMissed) process.exitCode = 1;
