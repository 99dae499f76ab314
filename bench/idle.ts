import { setTimeout as delay } from 'node:timers/promises';
import { ratedCell } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import { type ContenderProcess, startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import type { Bench } from './measure.ts';
import { takeTurn } from './turn.ts';

/** What a process takes while nobody asks. */
export interface IdleResult {
  contender: ContenderName;
  /** Milliseconds of CPU a second. */
  cpu: number;
  loopTurnsPerSecond: number;
  /** Bytes. */
  memory: number;
}

/**
 * V8 collects what the last requests left some 5 to 25 seconds later, in a thousand turns of the
 * event loop, and the service itself up to 40 seconds later: a cost of those requests, and once.
 */
const settling = 50_000;

/** Everyone at the same time, each after a second of reads: a task in service at night. */
export async function measureIdle(
  bench: Bench,
  contenders: Contender[],
  seconds: number,
): Promise<IdleResult[]> {
  const cell = ratedCell('read', 100);
  const running: ContenderProcess[] = [];
  try {
    const env = bench.environmentFor(cell.latency);
    running.push(...(await Promise.all(contenders.map((each) => startContender(each, env)))));
    for (const process of running) {
      await takeTurn(bench.load, cell, process, { seconds: 1, arrivals: 100 });
    }
    await delay(settling);
    const before = await Promise.all(running.map((process) => process.usage()));
    await delay(seconds * 1_000);
    const after = await Promise.all(running.map((process) => process.usage()));
    return running.map(({ contender }, index) => {
      const [first, last] = [before[index], after[index]];
      const gain = (figure: 'cpu' | 'loopTurns') => (last?.[figure] ?? 0) - (first?.[figure] ?? 0);
      return {
        contender: contender.name,
        cpu: gain('cpu') / 1_000 / seconds,
        loopTurnsPerSecond: gain('loopTurns') / seconds,
        memory: last?.memory ?? Number.NaN,
      };
    });
  } finally {
    await Promise.all(running.map((process) => process.stop()));
  }
}
