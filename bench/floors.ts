import { addedLatency, type Cell, givenArrivals, ratedCell, rates, titleOf } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import type { IdleResult } from './idle.ts';
import type { StartResult } from './start.ts';
import type { CellResult, Figure } from './summary.ts';

/** What the service must reach, and what it reached; no figure when it was not measured. */
export interface Floor {
  says: string;
  figure?: number;
  passes?: boolean;
}

type Peer = Exclude<ContenderName, 'ours'>;
type Bound = { atLeast: number } | { atMost: number };

const megabyte = 1_000_000;
const read64: Cell = { scenario: 'read', connections: 64, latency: 0 };
const read256: Cell = { scenario: 'read', connections: 256, latency: addedLatency };
const read16: Cell = { scenario: 'read', connections: 16, latency: addedLatency };
const patch64: Cell = { ...read64, scenario: 'patch' };
const express: Peer[] = ['express'];
const eitherPeer: Peer[] = ['express', 'fastify-defaults'];

/** Ours as a multiple of every named peer's, on one workload. */
const ratioFloors: [Cell, Figure, Peer[], Bound][] = [
  ...rates.flatMap((rate) => [
    ...rateFloors(ratedCell('read', rate), { ofExpress: 1 / 3, ofBare: 2.5 }),
    ...rateFloors(ratedCell('patch', rate), { ofExpress: 1 / 2.5, ofBare: 3.5 }),
  ]),
  [read64, 'requestsPerSecond', express, { atLeast: 10 }],
  [read64, 'cpu', express, { atMost: 1 / 12 }],
  [read64, 'requestsPerSecond', ['bare'], { atLeast: 0.4 }],
  [read256, 'requestsPerSecond', express, { atLeast: 9 }],
  // Decision 5: where each connection waits for its answer, p99 says what requests/s said.
  [givenArrivals, 'p99', express, { atMost: 1 / 100 }],
  [{ ...read64, connections: 1 }, 'p50', eitherPeer, { atMost: 1 }],
  [read16, 'p99', eitherPeer, { atMost: 1 }],
  [read16, 'requestsPerSecond', eitherPeer, { atLeast: 1.4 }],
  [patch64, 'requestsPerSecond', express, { atLeast: 3 }],
  [patch64, 'cpu', express, { atMost: 1 / 3 }],
  // With 60 fields and the same answers, the service has 0.9 of its rate.
  [read64, 'requestsPerSecond', ['sixty-fields'], { atMost: 1 / 0.9 }],
  [patch64, 'requestsPerSecond', ['sixty-fields'], { atMost: 1 / 0.9 }],
  [{ ...read64, scenario: 'lookup' }, 'requestsPerSecond', express, { atLeast: 5 }],
  [{ ...read64, scenario: 'batch-get' }, 'requestsPerSecond', express, { atLeast: 2 }],
  [{ ...read64, scenario: 'sign-in' }, 'requestsPerSecond', express, { atLeast: 2 }],
];

/** A task in service: what a request costs at a rate that every contender should keep up with. */
function rateFloors(cell: Cell, cpu: { ofExpress: number; ofBare: number }) {
  const floors: [Cell, Figure, Peer[], Bound][] = [
    [cell, 'cpu', express, { atMost: cpu.ofExpress }],
    [cell, 'cpu', ['bare'], { atMost: cpu.ofBare }],
    [cell, 'p50', eitherPeer, { atMost: 1 }],
    [cell, 'p99', eitherPeer, { atMost: 1 }],
  ];
  return floors;
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

export function checkFloors({ results, idle, start, sixtyStart }: Measured): Floor[] {
  const ratios = ratioFloors.flatMap(([cell, figure, peers, bound]) => {
    const result = results.find((each) => titleOf(each.cell) === titleOf(cell));
    return peers.map((peer) => {
      const says = `${titleOf(cell)}: ${figureNames[figure]} ${format(bound)} × ${peer}`;
      return hold(says, bound, result?.ratios[peer]?.[figure]);
    });
  });
  const peaks = results
    .filter(({ cell }) => cell.connections === 256)
    .flatMap(({ contenders }) => contenders.filter(({ contender }) => contender === 'ours'))
    .map(({ peakMemory }) => peakMemory / megabyte);
  const peak = peaks.length > 0 ? Math.max(...peaks) : undefined;
  const ours = idle.find(({ contender }) => contender === 'ours');
  return [
    ...ratios,
    ...countFloors(results, ratedCell('read', 100)),
    ...countFloors(results, ratedCell('patch', 100)),
    hold('Idle: CPU ≤ 3 ms a second', { atMost: 3 }, ours?.cpu),
    hold('Idle: memory ≤ 100 MB', { atMost: 100 }, ours && ours.memory / megabyte),
    hold('Peak memory at 256 connections ≤ 300 MB', { atMost: 300 }, peak),
    hold('Start to ready ≤ 250 ms', { atMost: 250 }, start?.startTime.median),
    hold(
      'Start with 60 fields ≤ 1.3 × the start with the default’s',
      { atMost: 1.3 },
      start && sixtyStart && sixtyStart.startTime.median / start.startTime.median,
    ),
  ];
}

/**
 * One read and one write of the caller's socket, and of the table's: to a tenth. A machine too busy
 * for the rate gathers requests into a turn, and its counts say nothing.
 */
function countFloors(results: CellResult[], cell: Cell): Floor[] {
  const result = results.find((each) => titleOf(each.cell) === titleOf(cell));
  const calls = result?.calls?.ours;
  const kept = calls && calls.requestsPerSecond > 0.95 * (cell.arrivals ?? 0) ? calls : undefined;
  const tenth = (figure: number | undefined) => figure && Math.round(figure * 10) / 10;
  const title = titleOf(cell);
  return [
    hold(`${title}: polls for events a request ≤ 4`, { atMost: 4 }, tenth(kept?.polls)),
    hold(`${title}: reads of sockets a request ≤ 2`, { atMost: 2 }, tenth(kept?.socketReads)),
    hold(`${title}: writes to sockets a request ≤ 2`, { atMost: 2 }, tenth(kept?.socketWrites)),
  ];
}

function hold(says: string, bound: Bound, figure: number | undefined): Floor {
  if (figure === undefined) return { says };
  const passes = 'atLeast' in bound ? figure >= bound.atLeast : figure <= bound.atMost;
  return { says, figure, passes };
}

function format(bound: Bound): string {
  const value = 'atLeast' in bound ? bound.atLeast : bound.atMost;
  const text =
    value < 1 ? `1/${Math.round(10 / value) / 10}` : String(Math.round(value * 100) / 100);
  return `${'atLeast' in bound ? '≥' : '≤'} ${text}`;
}
