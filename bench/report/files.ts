import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bar, Measured } from '../bars.ts';
import { people, signedIn } from '../data.ts';
import type { Timing } from '../measure.ts';
import { drawChart } from './chart.ts';
import { isRated, renderRates } from './rates.ts';

export interface Report extends Measured {
  bars: Bar[];
  timing: Timing;
  /** Processes that wanted a core before the first measurement, over the last minute. */
  loadBefore: number;
  /** Which of the committed files these figures may replace. */
  replaces: 'all' | 'rates' | 'none';
}

/** Writes what was measured; a run that may not stand for the project leaves it in .cache. */
export function saveReport(report: Report, announce: (text: string) => void): void {
  const { results, idle, start, bars, timing, loadBefore, replaces } = report;
  const save = (path: string, content: string) => {
    const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    announce(`wrote ${path}`);
  };
  const saveJson = (path: string, value: object) =>
    save(path, `${JSON.stringify(value, null, 2)}\n`);
  const conditions = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: { model: cpus()[0]?.model.trim(), cores: cpus().length },
    loadBefore,
    data: {
      people,
      tokens: signedIn,
      table: 'dynalite, in memory, a process of its own; known items from before it',
    },
    timing,
  };
  const rated = results.filter(isRated);
  const others = results.filter((result) => !isRated(result));
  const setting = [
    `${cpus().length} cores shared by service, table and load`,
    `3 ms to the table`,
    `Node.js ${process.version.slice(1)}`,
    `median of ${timing.rounds} rounds`,
    `load before it ${loadBefore.toFixed(1)}`,
  ].join('; ');

  const home = replaces === 'none' ? '.cache/bench' : 'bench/results';
  if (rated.length > 0) {
    saveJson(`${home}/rates.json`, { ...conditions, cells: rated, idle });
    save(`${home}/rates.md`, renderRates(rated, idle, setting));
    const chart = drawChart(rated, setting);
    if (chart) save(`${replaces === 'none' ? '.cache/bench' : 'docs/images'}/bench.svg`, chart);
  }
  const directory = replaces === 'all' ? 'bench/results' : '.cache/bench';
  saveJson(`${directory}/latest.json`, { ...conditions, cells: others, start, bars });
}
