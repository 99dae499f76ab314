import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './free-port.ts';
import type { Publisher } from './publisher.ts';
import { sendOnce } from './request.ts';
import { findBuild, startFlags } from './service-build.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { Teardown } from './teardown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const maxPortAttempts = 5;

export interface ProcessOptions {
  readonly endpoint: string;
  readonly tableName: string;
  readonly publisher: Publisher;
  /** Further flags of Node; those of the container are there. */
  readonly nodeOptions?: readonly string[];
  /** An undefined value takes a variable away. */
  readonly env?: Record<string, string | undefined>;
  /** What must answer 200 before a test goes on; without it, `/readyz`. */
  readonly until?: '/livez' | '/readyz';
}

export interface ServiceProcess {
  readonly url: string;
  readonly metricsUrl: string;
  readonly publisher: Publisher;
  readonly child: ChildProcess;
  /** Every line of the log so far. The service holds lines back for up to 100 ms. */
  readonly log: string[];
  /** Everything it wrote to standard output and error so far. */
  readonly output: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** The built service in a process of its own, started as the container starts it. */
export async function startServiceProcess(
  t: Teardown,
  options: ProcessOptions,
): Promise<ServiceProcess> {
  const folder = await findBuild();
  for (let attempt = 1; ; attempt++) {
    const service = await spawnService(folder, options);
    const kill = () => service.child.kill('SIGKILL');
    process.once('exit', kill);
    t.teardown(async () => {
      process.removeListener('exit', kill);
      kill();
      await service.ended;
    });
    try {
      await waitUntil(service, options.until ?? '/readyz');
      return service;
    } catch (error) {
      // Somebody else took the port between finding it and listening on it.
      if (attempt === maxPortAttempts || !service.output().includes('EADDRINUSE')) throw error;
    }
  }
}

async function spawnService(folder: string, options: ProcessOptions): Promise<ServiceProcess> {
  const { publisher, nodeOptions = [] } = options;
  const [port, metricsPort] = [await findFreePort(), await findFreePort()];
  const program = [...startFlags, ...nodeOptions, join(folder, 'server.js')];
  const child = spawn(process.execPath, program, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...serviceEnvironment(options),
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'warn',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...options.env,
    },
  });
  const log: string[] = [];
  let [output, rest] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    log.push(...lines);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    publisher,
    child,
    log,
    output: () => output,
    ended,
  };
}

async function waitUntil(service: ServiceProcess, path: string): Promise<void> {
  const { url, child, output, ended } = service;
  for (let attempt = 0; attempt < 6_000; attempt++) {
    if (child.exitCode !== null) {
      await ended;
      throw new Error(`The service ended: ${output()}`);
    }
    // A refused connection is cheap to see; a refused request costs as much as an answered one.
    if (await isListening(url)) {
      const answer = await sendOnce(url, 'GET', path).catch(() => undefined);
      if (answer?.status === 200) return;
    }
    await sleep(25);
  }
  throw new Error(`${path} is not 200 after 150 s: ${output()}`);
}

function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
