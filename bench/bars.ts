import { addedLatency, type Cell, givenArrivals, ratedCell, rates, titleOf } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import type { IdleResult } from './idle.ts';
import type { StartResult } from './start.ts';
import type { CellResult, Figure } from './summary.ts';

/** A bar for a figure, and what was reached; no figure when it was not measured. */
export interface Bar {
  /** A floor holds, or `--check` ends with 1. A goal is where the figure is to get to. */
  kind: 'floor' | 'goal';
  says: string;
  figure?: number;
  passes?: boolean;
}

type Peer = Exclude<ContenderName, 'ours'>;
type Direction = 'atLeast' | 'atMost';
/** One number where what holds is all that is aimed at. */
type Aim = { direction: Direction; floor?: number; goal?: number };

const kinds = ['floor', 'goal'] as const;
const megabyte = 1_000_000;
const read64: Cell = { scenario: 'read', connections: 64, latency: 0 };
const read256: Cell = { scenario: 'read', connections: 256, latency: addedLatency };
const read16: Cell = { scenario: 'read', connections: 16, latency: addedLatency };
const patch64: Cell = { ...read64, scenario: 'patch' };
const express: Peer[] = ['express'];
const eitherPeer: Peer[] = ['express', 'fastify-defaults'];

/** Ours as a multiple of every named peer's, on one workload. */
const ratios: [Cell, Figure, Peer[], Aim][] = [
  ...rates.flatMap((rate) => [
    ...rateBars(ratedCell('read', rate), { ofExpress: 1 / 3, ofBare: 2.5 }),
    ...rateBars(ratedCell('patch', rate), { ofExpress: 1 / 2.5, ofBare: 3.5 }),
  ]),
  [read64, 'requestsPerSecond', express, atLeast(8, 10)],
  [read64, 'cpu', express, atMost(1 / 10, 1 / 12)],
  [read64, 'requestsPerSecond', ['bare'], atLeast(0.2, 0.4)],
  [read256, 'requestsPerSecond', express, atLeast(8, 9)],
  // Decision 5: where each connection waits for its answer, p99 says what requests/s said.
  [givenArrivals, 'p99', express, atMost(1 / 20, 1 / 100)],
  [{ ...read64, connections: 1 }, 'p50', eitherPeer, atMost(1)],
  [read16, 'p99', eitherPeer, atMost(1)],
  [read16, 'requestsPerSecond', eitherPeer, atLeast(1.4)],
  [patch64, 'requestsPerSecond', express, atLeast(2, 3)],
  [patch64, 'cpu', express, atMost(1 / 2, 1 / 3)],
  // With 60 fields and the same answers, the service has 0.9 of its rate.
  [read64, 'requestsPerSecond', ['sixty-fields'], atMost(1 / 0.9)],
  [patch64, 'requestsPerSecond', ['sixty-fields'], atMost(1 / 0.9)],
  [{ ...read64, scenario: 'lookup' }, 'requestsPerSecond', express, atLeast(5)],
  [{ ...read64, scenario: 'batch-get' }, 'requestsPerSecond', express, atLeast(1.5, 2)],
  [{ ...read64, scenario: 'sign-in' }, 'requestsPerSecond', express, atLeast(2)],
];

/** A task in service: what a request costs at a rate that every contender should keep up with. */
function rateBars(cell: Cell, cpu: { ofExpress: number; ofBare: number }) {
  const bars: [Cell, Figure, Peer[], Aim][] = [
    [cell, 'cpu', express, atMost(1, cpu.ofExpress)],
    [cell, 'cpu', ['bare'], { direction: 'atMost', goal: cpu.ofBare }],
    [cell, 'p50', eitherPeer, { direction: 'atMost', goal: 1 }],
    [cell, 'p99', eitherPeer, { direction: 'atMost', goal: 1 }],
  ];
  return bars;
}

const figureNames: Record<Figure, string> = {
  requestsPerSecond: 'requests/s',
  p50: 'p50',
  p99: 'p99',
  cpu: 'CPU a request',
  loopTurns: 'turns of the event loop a request',
};

export interface Measured {
  results: CellResult[];
  idle: IdleResult[];
  start: StartResult | undefined;
  sixtyStart: StartResult | undefined;
}

/** The floors, then the goals. */
export function checkBars({ results, idle, start, sixtyStart }: Measured): Bar[] {
  const resultOf = (cell: Cell) => results.find((each) => titleOf(each.cell) === titleOf(cell));
  const peaks = results
    .filter(({ cell }) => cell.connections === 256)
    .flatMap(({ contenders }) => contenders.filter(({ contender }) => contender === 'ours'))
    .map(({ peakMemory }) => peakMemory / megabyte);
  const peak = peaks.length > 0 ? Math.max(...peaks) : undefined;
  const ours = idle.find(({ contender }) => contender === 'ours');
  const growth = start && sixtyStart && sixtyStart.startTime.median / start.startTime.median;
  const bars = [
    ...ratios.flatMap(([cell, figure, peers, aim]) =>
      peers.flatMap((peer) => {
        const says = (bound: string) =>
          `${titleOf(cell)}: ${figureNames[figure]} ${bound} × ${peer}`;
        return hold(says, aim, resultOf(cell)?.ratios[peer]?.[figure]);
      }),
    ),
    ...countBars(resultOf(ratedCell('read', 100))),
    ...countBars(resultOf(ratedCell('patch', 100))),
    ...hold((bound) => `Idle: CPU ${bound} ms a second`, atMost(20, 3), ours?.cpu),
    ...hold((bound) => `Idle: memory ${bound} MB`, atMost(100), ours && ours.memory / megabyte),
    ...hold((bound) => `Peak memory at 256 connections ${bound} MB`, atMost(300), peak),
    ...hold((bound) => `Start to ready ${bound} ms`, atMost(600, 250), start?.startTime.median),
    ...hold(
      (bound) => `Start with 60 fields ${bound} × the start with the default’s`,
      atMost(1.3),
      growth,
    ),
  ];
  return [
    ...bars.filter(({ kind }) => kind === 'floor'),
    ...bars.filter(({ kind }) => kind === 'goal'),
  ];
}

/**
 * One read and one write of the caller's socket, and of the table's: to a tenth. A machine too busy
 * for the rate gathers requests into a turn, and its counts say nothing.
 */
function countBars(result: CellResult | undefined): Bar[] {
  if (!result) return [];
  const { cell, calls, contenders } = result;
  const ours = calls?.ours;
  const kept = ours && ours.requestsPerSecond > 0.95 * (cell.arrivals ?? 0) ? ours : undefined;
  const turns = contenders.find(({ contender }) => contender === 'ours')?.loopTurns.median;
  const tenth = (figure: number | undefined) => figure && Math.round(figure * 10) / 10;
  const says = (what: string) => (bound: string) => `${titleOf(cell)}: ${what} a request ${bound}`;
  return [
    ...hold(says('turns of the event loop'), atMost(4), tenth(turns)),
    ...hold(says('reads of sockets'), atMost(2), tenth(kept?.socketReads)),
    ...hold(says('writes to sockets'), atMost(2), tenth(kept?.socketWrites)),
  ];
}

function hold(says: (bound: string) => string, aim: Aim, figure: number | undefined): Bar[] {
  const { direction } = aim;
  return kinds.flatMap((kind) => {
    const limit = aim[kind];
    if (limit === undefined) return [];
    const bar: Bar = { kind, says: says(format(direction, limit)) };
    if (figure === undefined) return [bar];
    const passes = direction === 'atLeast' ? figure >= limit : figure <= limit;
    return [{ ...bar, figure, passes }];
  });
}

function atLeast(floor: number, goal?: number): Aim {
  return { direction: 'atLeast', floor, ...(goal !== undefined && { goal }) };
}

function atMost(floor: number, goal?: number): Aim {
  return { direction: 'atMost', floor, ...(goal !== undefined && { goal }) };
}

function format(direction: Direction, value: number): string {
  const text =
    value < 1 ? `1/${Math.round(10 / value) / 10}` : String(Math.round(value * 100) / 100);
  return `${direction === 'atLeast' ? '≥' : '≤'} ${text}`;
}
