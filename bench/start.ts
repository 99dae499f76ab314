import { setTimeout as delay } from 'node:timers/promises';
import { startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import { median, type Spread, spreadOf } from './statistics.ts';

export interface StartResult {
  /** Milliseconds from the start of the process to its first 200 on /readyz. */
  startTime: Spread;
  /** Bytes, one second after it. */
  idleMemory: number;
}

/** Starts a contender again and again, each time from nothing. */
export async function measureStart(
  contender: Contender,
  env: Record<string, string>,
  times: number,
): Promise<StartResult> {
  const startTimes: number[] = [];
  const memory: number[] = [];
  for (let time = 0; time < times; time++) {
    const process = await startContender(contender, env);
    startTimes.push(process.startTime);
    if (time === times - 1) await delay(1000);
    memory.push((await process.usage()).memory);
    await process.stop();
  }
  return { startTime: spreadOf(startTimes), idleMemory: median(memory.slice(-1)) };
}
