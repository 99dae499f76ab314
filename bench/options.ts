import { parseArgs } from 'node:util';
import { checkOptionsArrived, type Invocation } from '../src/command-line.ts';
import { readCount, readNumber } from '../src/number-option.ts';
import { type Cell, type CellSet, cellSets, type Scenario, scenarios } from './cells.ts';
import { type ContenderName, contenderNames } from './contender-names.ts';
import type { Timing } from './measure.ts';
import type { Report } from './report/files.ts';

export const help = `npm run bench -- [options]

  --quick               the main figures in under a minute
  --rates               100, 400 and 1,600 arrivals a second alone: a task in service
  --check               measure what floors and goals are stated for; end with 1 when a floor is missed
  --only <scenario>     ${scenarios.join(', ')} (may be repeated)
  --connections <n>     only with this many connections (may be repeated)
  --contender <name>    ${contenderNames.join(', ')} (may be repeated)
  --rounds <n>          rounds in which every contender takes a turn
  --seconds <n>         length of a turn

A run that is neither quick nor filtered replaces the figures in bench/results and the chart
docs/images/bench.svg, one of rates alone what is of rates; the others leave theirs in .cache/bench.
`;

export interface Options {
  set: CellSet;
  cells: Cell[];
  contenders: ContenderName[];
  timing: Timing;
  starts: number;
  idleSeconds: number;
  check: boolean;
  /** Which of the committed files the figures may replace. */
  replaces: Report['replaces'];
}

const known = {
  quick: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  rates: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [...scenarios] as string[] },
  connections: { type: 'string', multiple: true, default: [] as string[] },
  contender: { type: 'string', multiple: true, default: [...contenderNames] as string[] },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Throws on what it does not know; answers nothing when help was asked for. */
export function readOptions(invocation: Invocation): Options | undefined {
  checkOptionsArrived(invocation, Object.keys(known));
  const { values } = parseArgs({ args: [...invocation.args], options: known });
  if (values.help) return undefined;
  const only = values.only.map((name) => oneOf<Scenario>(scenarios, name));
  const named = values.contender.map((name) => oneOf<ContenderName>(contenderNames, name));
  // The same service once more takes time that a quick run has not got.
  const contenders = values.quick ? named.filter((name) => name !== 'sixty-fields') : named;
  const connections = values.connections.map((text) => readCount('--connections', text, 1, 10_000));
  const set: CellSet = values.quick
    ? 'quick'
    : values.rates
      ? 'rates'
      : values.check
        ? 'floors'
        : 'all';
  const cells: Cell[] = cellSets[set];
  const filtered =
    connections.length > 0 ||
    scenarios.some((name) => !only.includes(name)) ||
    contenderNames.some((name) => !contenders.includes(name));
  const wanted = cells.filter(
    (cell) =>
      only.includes(cell.scenario) &&
      (connections.length === 0 || connections.includes(cell.connections)),
  );
  if (wanted.length === 0) {
    const counts = [...new Set(cells.map((cell) => cell.connections))].join(', ');
    throw new Error(`Nothing of this is measured. Connections are ${counts}.`);
  }
  return {
    set,
    contenders,
    cells: wanted,
    timing: {
      rounds: readCount('--rounds', values.rounds ?? (values.quick ? '2' : '5'), 1, 1_000),
      seconds: readNumber('--seconds', values.seconds ?? (values.quick ? '0.6' : '2'), 0.1, 3_600),
      warmUp: values.quick ? { seconds: 1.2, requests: 6_000 } : { seconds: 10, requests: 10_000 },
    },
    starts: values.quick ? 2 : 10,
    check: values.check,
    idleSeconds: values.quick ? 3 : 15,
    replaces: values.quick || filtered ? 'none' : values.rates ? 'rates' : 'all',
  };
}

function oneOf<Name extends string>(names: readonly Name[], value: string): Name {
  const name = names.find((known) => known === value);
  if (name === undefined) throw new Error(`${value} is not one of ${names.join(', ')}`);
  return name;
}
