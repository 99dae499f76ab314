import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Contender } from './contenders.ts';
import { findFreePort } from './port.ts';

/** A process's own accounting: CPU time in microseconds, memory in bytes. */
export interface Usage {
  cpu: number;
  /** Of the event loop. */
  loopTurns: number;
  memory: number;
  peakMemory: number;
}

export interface ContenderProcess {
  contender: Contender;
  pid: number;
  port: number;
  /** Milliseconds from its start to its first 200 on /readyz. */
  startTime: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const probe = new URL('./probe.mjs', import.meta.url).href;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a contender with its standard output discarded, and waits until it is ready. */
export async function startContender(
  contender: Contender,
  env: Record<string, string>,
): Promise<ContenderProcess> {
  const port = await findFreePort();
  const metricsPort = await findFreePort();
  const begin = performance.now();
  const child = fork(contender.script, {
    execArgv: [...(contender.flags ?? []), ...profileFlags(), '--import', probe],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'info',
      NODE_NO_WARNINGS: '1',
      ...env,
      ...contender.env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));

  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`${contender.name} ended while starting`);
    if (performance.now() - begin > 15_000) throw new Error(`${contender.name} is never ready`);
    await delay(2);
  }
  return {
    contender,
    pid: child.pid ?? 0,
    port,
    startTime: performance.now() - begin,
    usage: () => ask<Usage>(child, 'usage'),
    stop: () => stop(child),
  };
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}

/** `BENCH_CPU_PROFILE=<directory>` leaves a CPU profile of every contender and of the table there. */
export function profileFlags(): string[] {
  const directory = process.env.BENCH_CPU_PROFILE;
  return directory ? ['--cpu-prof', `--cpu-prof-dir=${directory}`] : [];
}

/** Ends it from inside, so that a CPU profile is written; by force when it does not listen. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.send('exit');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exit;
  clearTimeout(force);
}
