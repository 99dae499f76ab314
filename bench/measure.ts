import type { Cell } from './cells.ts';
import { type ContenderProcess, startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import type { Tokens } from './identity.ts';
import type { Load } from './load.ts';
import { type CellResult, summarize, type Turns } from './summary.ts';
import { type TurnLength, takeTurn } from './turn.ts';
import { verify } from './verify.ts';

/** Everything the cells share. */
export interface Bench {
  load: Load;
  tokens: Tokens;
  /** Environment that points a contender at the table with this added latency. */
  environmentFor(latency: number): Record<string, string>;
}

export interface Timing {
  rounds: number;
  seconds: number;
  /** Whichever is sooner, each connection asking as fast as it is answered. */
  warmUp: Required<Pick<TurnLength, 'seconds' | 'requests'>>;
}

export type OnTurn = (contender: Contender, round: number) => void;

/** The one that begins a round goes last in the next. */
function orderOf(contenders: Contender[], round: number): Contender[] {
  const first = round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}

/** Fresh processes that are verified and warmed up, then take turns within each round. */
export async function measure(
  bench: Bench,
  cell: Cell,
  contenders: Contender[],
  { rounds, seconds, warmUp }: Timing,
  onTurn: OnTurn,
): Promise<CellResult> {
  const env = bench.environmentFor(cell.latency);
  const length = { seconds, ...(cell.arrivals && { arrivals: cell.arrivals }) };
  const running = new Map<Contender, ContenderProcess>();
  const turns: Turns = new Map(contenders.map((contender) => [contender, []]));
  try {
    const starting = contenders.map(async (contender) => {
      running.set(contender, await startContender(contender, env));
    });
    await Promise.all(starting);
    for (const [contender, process] of running) {
      await verify(process, cell.scenario, bench.tokens);
      onTurn(contender, 0);
      await takeTurn(bench.load, cell, process, warmUp);
    }
    for (let round = 1; round <= rounds; round++) {
      for (const contender of orderOf(contenders, round)) {
        const process = running.get(contender);
        if (!process) continue;
        onTurn(contender, round);
        turns.get(contender)?.push(await takeTurn(bench.load, cell, process, length));
      }
    }
  } finally {
    await Promise.all([...running.values()].map((process) => process.stop()));
  }
  return summarize(cell, turns);
}
