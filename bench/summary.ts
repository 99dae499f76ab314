import type { Cell } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import type { Contender } from './contenders.ts';
import { median, type Spread, spreadOf } from './statistics.ts';
import type { SystemCalls } from './system-calls.ts';
import type { Turn } from './turn.ts';

export const figures = ['requestsPerSecond', 'p50', 'p99', 'cpu', 'loopTurns'] as const;
export type Figure = (typeof figures)[number];

export type Summary = Record<Figure, Spread> & {
  contender: ContenderName;
  requests: number;
  peakMemory: number;
};

/** Ours divided by each peer’s: taken within each round, then the median. */
export type Ratios = Partial<Record<ContenderName, Record<Figure, number>>>;

export interface CellResult {
  cell: Cell;
  contenders: Summary[];
  ratios: Ratios;
  /** Where they were counted. */
  calls?: Partial<Record<ContenderName, SystemCalls>>;
}

/** Whether all that arrived could be answered; else its latencies are those of a growing queue. */
export function keptUp({ requestsPerSecond }: Summary, { arrivals = 0 }: Cell): boolean {
  return requestsPerSecond.median >= 0.95 * arrivals;
}

/** The turns each contender took, one for each round. */
export type Turns = Map<Contender, Turn[]>;

export function summarize(cell: Cell, turns: Turns): CellResult {
  const contenders = [...turns].map(([{ name }, taken]) => summarizeTurns(name, taken));
  return { cell, contenders, ratios: ratiosOf(turns) };
}

function summarizeTurns(contender: ContenderName, turns: Turn[]): Summary {
  const spread = (figure: Figure) => spreadOf(turns.map((turn) => turn[figure]));
  return {
    contender,
    requests: turns.reduce((sum, { requests }) => sum + requests, 0),
    requestsPerSecond: spread('requestsPerSecond'),
    p50: spread('p50'),
    p99: spread('p99'),
    cpu: spread('cpu'),
    loopTurns: spread('loopTurns'),
    peakMemory: Math.max(...turns.map(({ peakMemory }) => peakMemory)),
  };
}

function ratiosOf(turns: Turns): Ratios {
  const ours = [...turns].find(([{ name }]) => name === 'ours')?.[1];
  if (!ours) return {};
  const peers = [...turns].filter(([{ name }]) => name !== 'ours');
  return Object.fromEntries(
    peers.map(([{ name }, theirs]) => {
      const ratio = (figure: Figure) =>
        median(ours.map((turn, round) => turn[figure] / (theirs[round]?.[figure] ?? Number.NaN)));
      return [
        name,
        {
          requestsPerSecond: ratio('requestsPerSecond'),
          p50: ratio('p50'),
          p99: ratio('p99'),
          cpu: ratio('cpu'),
          loopTurns: ratio('loopTurns'),
        },
      ];
    }),
  );
}
