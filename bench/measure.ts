import type { Cell } from './cells.ts';
import { type ContenderProcess, startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import type { Tokens } from './identity.ts';
import type { Load } from './load.ts';
import { type CellResult, summarize, type Turns } from './summary.ts';
import { countSystemCalls } from './system-calls.ts';
import { type TurnLength, takeTurn } from './turn.ts';
import { verify } from './verify.ts';

/** Everything the cells share. */
export interface Bench {
  load: Load;
  tokens: Tokens;
  /** Environment that points a contender at the table with this added latency. */
  environmentFor(latency: number): Record<string, string>;
  /** Environment that points a contender at a table of its own. */
  createEmptyTable(): Promise<Record<string, string>>;
}

export interface Timing {
  rounds: number;
  seconds: number;
  /** Whichever is sooner, each connection asking as fast as it is answered. */
  warmUp: Required<Pick<TurnLength, 'seconds' | 'requests'>>;
}

export type OnTurn = (cell: Cell, contender: Contender, round: number) => void;

/** Each needs a token of its own, and signing those takes its time. */
const signInsPerTurn = 1_000;
const fewUnderWay = 4;
const settling = { seconds: 4, arrivals: 800 };

/** How many tokens the first sign-ins of one contender take at most. */
export function countNewcomers(groups: Cell[][], { rounds }: Timing): number {
  const turns = groups
    .filter(([first]) => first?.scenario === 'sign-in')
    .map((cells) => cells.length * rounds + 2);
  return Math.max(0, ...turns) * signInsPerTurn;
}

/** The one that begins a round goes last in the next. */
function orderOf(contenders: Contender[], round: number): Contender[] {
  const first = round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}

/**
 * Fresh processes that are verified and warmed up, then take turns within each round: at one cell
 * after the other, which differ in the rate of arrivals alone.
 */
export async function measure(
  bench: Bench,
  cells: Cell[],
  contenders: Contender[],
  { rounds, seconds, warmUp }: Timing,
  onTurn: OnTurn,
): Promise<CellResult[]> {
  const [first] = cells;
  if (!first) return [];
  const env = bench.environmentFor(first.latency);
  const most = first.scenario === 'sign-in' ? { requests: signInsPerTurn } : {};
  const running = new Map<Contender, ContenderProcess>();
  const results: CellResult[] = [];
  try {
    const starting = contenders.map(async (contender) => {
      const table = first.scenario === 'sign-in' ? await bench.createEmptyTable() : {};
      running.set(contender, await startContender(contender, { ...env, ...table }));
    });
    await Promise.all(starting);
    // Few under way from the start, where few will be: those take other ways through a service.
    const warming = first.arrivals ? { ...first, connections: fewUnderWay } : first;
    for (const [contender, process] of running) {
      await verify(process, first.scenario, bench.tokens);
      onTurn(first, contender, 0);
      await takeTurn(bench.load, warming, process, { ...warmUp, ...most });
      // Then as they will be asked: what was compiled for few connections is compiled anew for more.
      if (first.arrivals && first.scenario !== 'sign-in') {
        await takeTurn(bench.load, first, process, settling);
      }
    }
    for (const cell of cells) {
      const length = { seconds, ...most, ...(cell.arrivals && { arrivals: cell.arrivals }) };
      const turns: Turns = new Map(contenders.map((contender) => [contender, []]));
      for (let round = 1; round <= rounds; round++) {
        for (const contender of orderOf(contenders, round)) {
          const process = running.get(contender);
          if (!process) continue;
          onTurn(cell, contender, round);
          turns.get(contender)?.push(await takeTurn(bench.load, cell, process, length));
        }
      }
      results.push(summarize(cell, turns));
    }
    const [lowest] = results;
    if (lowest && first.arrivals)
      lowest.calls = await countCalls(bench.load, first, running, seconds);
  } finally {
    await Promise.all([...running.values()].map((process) => process.stop()));
  }
  return results;
}

async function countCalls(
  load: Load,
  cell: Cell,
  running: Map<Contender, ContenderProcess>,
  seconds: number,
) {
  const calls: NonNullable<CellResult['calls']> = {};
  for (const [{ name }, process] of running) {
    const counted = await countSystemCalls(load, cell, process, seconds);
    if (counted) calls[name] = counted;
  }
  return calls;
}
