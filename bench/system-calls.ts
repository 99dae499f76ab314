import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell } from './cells.ts';
import type { ContenderProcess } from './contender-process.ts';
import type { Load } from './load.ts';

/** Calls of the kernel for each request, which no noise of the machine can blur. */
export interface SystemCalls {
  socketReads: number;
  socketWrites: number;
  /** While it was watched, which slows it. */
  requestsPerSecond: number;
  /** libuv polls twice in a turn of the loop that waits: once without, once with a timeout. */
  polls: number;
}

const mostSeconds = 2;
const reads = ['read', 'readv', 'recvfrom', 'recvmsg'];
const writes = ['write', 'writev', 'sendto', 'sendmsg'];
// Names that a kernel's architecture lacks are passed over.
const polls = ['epoll_wait', 'epoll_pwait', 'epoll_pwait2'];
const traced = [...reads, ...writes, ...polls].map((name) => `?${name}`).join(',');

/** A turn under strace; nothing where strace is missing or may not attach. */
export async function countSystemCalls(
  load: Load,
  { scenario, connections, arrivals = 100 }: Cell,
  { contender, pid, port }: ContenderProcess,
  atMost: number,
): Promise<SystemCalls | undefined> {
  await load.open({ scenario, connections, port, constant: contender.name === 'bare' });
  const directory = mkdtempSync(join(tmpdir(), 'bench-strace-'));
  const file = join(directory, 'calls');
  try {
    const strace = spawn(
      'strace',
      ['-f', '-yy', '-e', `trace=${traced}`, '-o', file, '-p', String(pid)],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ended = new Promise<false>((resolve) => {
      strace.once('error', () => resolve(false));
      strace.once('exit', () => resolve(false));
    });
    const attached = once(strace.stderr, 'data').then((data) => String(data).includes('attached'));
    if (!(await Promise.race([attached, ended]))) return undefined;
    const length = { seconds: Math.min(mostSeconds, atMost), arrivals };
    const { requests, seconds } = await load.run(length);
    strace.kill('SIGINT');
    await ended;
    const perRequest = count(readFileSync(file, 'utf8'), pid, requests);
    return { requestsPerSecond: requests / seconds, ...perRequest };
  } finally {
    await load.close();
    rmSync(directory, { recursive: true });
  }
}

function count(trace: string, pid: number, requests: number) {
  const calls = { socketReads: 0, socketWrites: 0, polls: 0 };
  for (const line of trace.split('\n')) {
    // The second half of a call that was interrupted in the listing has no name before its bracket.
    const [, thread, name = '', descriptor = ''] = /^(\d+) +(\w+)\(\d+(<[^>]*)/.exec(line) ?? [];
    const isSocket = /^<(TCP|socket:)/.test(descriptor);
    if (isSocket && reads.includes(name)) calls.socketReads++;
    if (isSocket && writes.includes(name)) calls.socketWrites++;
    if (Number(thread) === pid && polls.includes(name)) calls.polls++;
  }
  return {
    socketReads: calls.socketReads / requests,
    socketWrites: calls.socketWrites / requests,
    polls: calls.polls / requests,
  };
}
