import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.ts';
import type { Publisher } from './publisher.ts';
import { clientId, machineClientId, userPoolId } from './start-service.ts';
import type { Teardown } from './teardown.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ProcessOptions {
  readonly endpoint: string;
  readonly tableName: string;
  readonly publisher: Publisher;
  /** What `buildService` made; without it the sources run. */
  readonly entry?: string;
  readonly nodeOptions?: readonly string[];
  readonly env?: Record<string, string>;
}

export interface ServiceProcess {
  readonly url: string;
  readonly metricsUrl: string;
  readonly publisher: Publisher;
  readonly child: ChildProcess;
  /** Everything it wrote to standard output and error so far. */
  readonly output: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Bundles the service into a folder of this test's own and answers with what to start. */
export async function buildService(t: Teardown): Promise<string> {
  // One level below the root, where the bundle finds the files it serves.
  const folder = await mkdtemp(join(root, '.cache-service-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await run(process.execPath, ['--import', 'tsx', 'tools/build.ts', folder], { cwd: root });
  return join(folder, 'server.js');
}

/** The service in a process of its own, answering and ready. */
export async function startServiceProcess(
  t: Teardown,
  options: ProcessOptions,
): Promise<ServiceProcess> {
  const { publisher, entry, nodeOptions = [], env } = options;
  const [port, metricsPort] = [await findFreePort(), await findFreePort()];
  const program = entry ? [entry] : ['--import', 'tsx', join(root, 'src/server.ts')];
  const child = spawn(process.execPath, [...nodeOptions, ...program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'warn',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: options.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: publisher.url,
      USER_PROFILE_TABLE_NAME: options.tableName,
      COGNITO_USER_POOL_ID: userPoolId,
      COGNITO_CLIENT_IDS: `${clientId},${machineClientId}`,
      COGNITO_TOKEN_USE: 'access,id',
      COGNITO_ISSUER: publisher.issuer,
      RATE_LIMIT_PER_MINUTE: '1000000',
      ...env,
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  const url = `http://127.0.0.1:${port}`;
  const started: ServiceProcess = {
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    publisher,
    child,
    output: () => output,
    ended,
  };
  await waitUntilReady(started);
  return started;
}

async function waitUntilReady({ url, child, output }: ServiceProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`The service ended: ${output()}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(`The service is not ready after 30 s: ${output()}`);
}
