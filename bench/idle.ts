import { setTimeout as delay } from 'node:timers/promises';
import { ratedCell } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import { type ContenderProcess, startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import type { Bench } from './measure.ts';
import { median } from './statistics.ts';
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

/** The median of so many, as one collection in a thousand turns may fall into any of them. */
const spans = 3;

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
    const look = () => Promise.all(running.map((process) => process.usage()));
    const looks = [await look()];
    for (let span = 0; span < spans; span++) {
      await delay((seconds / spans) * 1_000);
      looks.push(await look());
    }
    return running.map(({ contender }, index) => {
      const own = looks.map((usages) => usages[index]);
      const perSecond = (figure: 'cpu' | 'loopTurns') => {
        const gains = own.slice(1).map((usage, span) => {
          return (usage?.[figure] ?? 0) - (own[span]?.[figure] ?? 0);
        });
        return median(gains) / (seconds / spans);
      };
      return {
        contender: contender.name,
        cpu: perSecond('cpu') / 1_000,
        loopTurnsPerSecond: perSecond('loopTurns'),
        memory: own.at(-1)?.memory ?? Number.NaN,
      };
    });
  } finally {
    await Promise.all(running.map((process) => process.stop()));
  }
}
