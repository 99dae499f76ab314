import { addedLatency, type Cell, givenArrivals, titleOf } from './cells.ts';
import type { ContenderName } from './contenders.ts';
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
  [read64, 'requestsPerSecond', express, { atLeast: 6 }],
  [read64, 'cpu', express, { atMost: 1 / 7 }],
  [read64, 'requestsPerSecond', ['bare'], { atLeast: 1 / 4 }],
  [read256, 'requestsPerSecond', express, { atLeast: 7 }],
  // Decision 5: where each connection waits for its answer, p99 says what requests/s said.
  [givenArrivals, 'p99', express, { atMost: 1 / 20 }],
  [{ ...read64, connections: 1 }, 'p50', eitherPeer, { atMost: 1 }],
  [read16, 'p99', eitherPeer, { atMost: 1 }],
  [read16, 'requestsPerSecond', eitherPeer, { atLeast: 1.4 }],
  [patch64, 'requestsPerSecond', express, { atLeast: 2 }],
  [patch64, 'cpu', express, { atMost: 1 / 2 }],
  // With 60 fields and the same answers, the service has 0.9 of its rate.
  [read64, 'requestsPerSecond', ['sixty-fields'], { atMost: 1 / 0.9 }],
  [patch64, 'requestsPerSecond', ['sixty-fields'], { atMost: 1 / 0.9 }],
  [{ ...read64, scenario: 'lookup' }, 'requestsPerSecond', express, { atLeast: 3 }],
  [{ ...read64, scenario: 'batch-get' }, 'requestsPerSecond', express, { atLeast: 1.5 }],
];

const figureNames: Record<Figure, string> = {
  requestsPerSecond: 'requests/s',
  p50: 'p50',
  p99: 'p99',
  cpu: 'CPU a request',
};

export function checkFloors(
  results: CellResult[],
  start: StartResult | undefined,
  sixtyStart: StartResult | undefined,
): Floor[] {
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
  return [
    ...ratios,
    hold('Peak memory at 256 connections ≤ 180 MB', { atMost: 180 }, peak),
    hold('Start to ready ≤ 600 ms', { atMost: 600 }, start?.startTime.median),
    hold(
      'Start with 60 fields ≤ 1.3 × the start with the default’s',
      { atMost: 1.3 },
      start && sixtyStart && sixtyStart.startTime.median / start.startTime.median,
    ),
  ];
}

function hold(says: string, bound: Bound, figure: number | undefined): Floor {
  if (figure === undefined) return { says };
  const passes = 'atLeast' in bound ? figure >= bound.atLeast : figure <= bound.atMost;
  return { says, figure, passes };
}

function format(bound: Bound): string {
  const value = 'atLeast' in bound ? bound.atLeast : bound.atMost;
  const text = value < 1 ? `1/${Math.round(1 / value)}` : String(Math.round(value * 100) / 100);
  return `${'atLeast' in bound ? '≥' : '≤'} ${text}`;
}
