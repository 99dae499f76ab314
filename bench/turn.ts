import type { Cell } from './cells.ts';
import type { ContenderProcess } from './contender-process.ts';
import type { Load } from './load.ts';

/** One contender's turn of one round; latencies in ms, CPU in µs a request, memory in bytes. */
export interface Turn {
  requests: number;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  cpu: number;
  /** Of the event loop, for each request. */
  loopTurns: number;
  /** The highest since the process was started. */
  peakMemory: number;
}

/** Ends after so many seconds, or so many requests when that is sooner. */
export interface TurnLength {
  seconds: number;
  requests?: number;
  /** Requests that arrive each second, answered or not; without it one for each connection. */
  arrivals?: number;
}

/** Throws when a single answer was not right: figures with faults in them mean nothing. */
export async function takeTurn(
  load: Load,
  { scenario, connections }: Cell,
  { contender, port, usage }: ContenderProcess,
  length: TurnLength,
): Promise<Turn> {
  await load.open({ scenario, connections, port, constant: contender.name === 'bare' });
  const before = await usage();
  const { requests, seconds, p50, p99, errors, firstError } = await load.run(length);
  const after = await usage();
  await load.close();
  if (errors > 0) throw new Error(`${contender.name}: ${errors} errors, the first: ${firstError}`);
  return {
    requests,
    requestsPerSecond: requests / seconds,
    p50,
    p99,
    cpu: (after.cpu - before.cpu) / requests,
    loopTurns: (after.loopTurns - before.loopTurns) / requests,
    peakMemory: after.peakMemory,
  };
}
