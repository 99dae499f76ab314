import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { startDynamoDB } from '../../dev/dynamodb.ts';
import { createServiceEnv } from '../../dev/service-env.ts';
import { readDevSettings } from '../../dev/settings.ts';
import { webClientId } from '../../local-cognito/app-clients.ts';
import { buildPoolServer } from '../../local-cognito/pool-server.ts';
import { findSample } from '../../local-cognito/sample-people.ts';
import { poolId } from '../../local-cognito/settings.ts';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { readCommandLine } from '../../src/command-line.ts';
import { Container, type Ended, type ImageConfig } from './container.ts';
import { inspectContents } from './contents.ts';

/**
 * Builds the image without a container engine and runs it as the task definition does: read-only,
 * without privileges, ended by its stop signal. The base is a stand-in (stand-in-base.sh).
 */
const project = fileURLToPath(new URL('../..', import.meta.url));
const starts = 5;
/** How long the last one goes on serving after its stop signal. */
const drainSeconds = 2;
/** With npm's cache filled, a minute on two idle cores. */
const buildSeconds = 240;
/** A PNG of one grey, 16 pixels a side. */
const onePicture =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAHElEQVQokWNoIBEwjGogAjAQowgZjGogBtA+lAAlhIAQFdpNuQAAAABJRU5ErkJggg==';
const cleanups: (() => unknown)[] = [];

const usage =
  'npm run image:check\n\nBuilds the image without a container engine and runs it as the task does.\n';
readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {});

const reason = findObstacle();
if (reason) {
  console.log(`skipped: ${reason}`);
} else {
  try {
    await check();
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

function findObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root builds and starts an image without an engine';
  for (const program of ['buildah', 'unshare', 'setpriv', 'chroot']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    } catch {
      return `${program} is not installed`;
    }
  }
  return undefined;
}

async function check(): Promise<void> {
  const built = await build();
  if (typeof built === 'string') {
    console.log(`skipped: ${built}`);
    return;
  }
  const { root, config } = built;
  const contents = inspectContents(
    root,
    config.WorkingDir,
    JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')),
  );
  assert.deepEqual(contents.faults, []);
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
  say(
    `application layer ${kilobytes(contents.size)}, ${kilobytes(contents.compressed)} compressed; ` +
      `${contents.packages.length} packages in the bundle, none of them for development; ` +
      'no npm or source map, and no node_modules or native code but for sharp',
  );

  const { env, url, token } = await startSurroundings();
  const run = (command: string[], more: Record<string, string> = {}) => {
    const container = new Container(root, config, command, { ...env, ...more });
    cleanups.push(() => container.kill());
    return container;
  };
  const finish = (command: string[], more?: Record<string, string>) => run(command, more).ended;

  const write = `for (const path of ['/app/x', '/app/dist/server.js', '/tmp/x', '/home/node/x'])
    try { fs.writeFileSync(path, ''); console.log(path, 'written') } catch ({ code }) { console.log(code) }`;
  const written = await finish(['node', '--eval', write]);
  assert.deepEqual(written.output.trim().split('\n'), Array(4).fill('EROFS'), written.output);
  say('root file system: writes fail with EROFS');

  for (const time of ['created', 'already there']) {
    const { code, output } = await finish(['node', 'dist/cli/table.js']);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`^UserProfiles: ${time}`, 'm'));
  }
  for (const command of readdirSync(join(root, config.WorkingDir, 'dist/cli'))) {
    if (!command.endsWith('.js') || command === 'table.js') continue;
    const { code, output } = await finish(['node', `dist/cli/${command}`, '--help']);
    assert.equal(code, 0, `${command}: ${output}`);
    assert.match(output, /--/, command);
  }
  say('dist/cli: table creates and finds its table; the others explain themselves');

  const decode = `const picture = Buffer.from('${onePicture}', 'base64');
    const program = [process.execPath, 'dist/picture-decoder.js'];
    const { status, stdout, stderr } = child_process.spawnSync(program[0], [program[1]], { input: picture });
    console.log(status, stdout.includes('WEBP'), status === 0 ? '' : String(stderr))`;
  const decoded = await finish(['node', '--eval', decode]);
  assert.equal(decoded.output.trim(), '0 true', decoded.output);
  say('dist/picture-decoder.js: decodes a picture with the sharp of the image');

  const [kind, ...healthCheck] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  const asked = await finish(healthCheck);
  assert.equal(asked.code, 1, `nobody listens, and the health check says: ${asked.output}`);

  const times: number[] = [];
  for (let start = 1; start <= starts; start++) {
    const began = performance.now();
    const last = start === starts;
    const service = run(config.Cmd, { DRAIN_DELAY: String(last ? drainSeconds : 0) });
    await waitUntilReady(url, service);
    times.push(performance.now() - began);
    if (last) await use(service);
    service.signal(config.StopSignal);
    const { code, output } = await service.ended;
    assert.equal(code, 0, output);
  }
  times.sort((a, b) => a - b);
  say(
    `start to ready: median ${Math.round(times[starts >> 1] ?? 0)} ms of ${starts} ` +
      `(${Math.round(times[0] ?? 0)} to ${Math.round(times.at(-1) ?? 0)})`,
  );

  async function use(service: Container): Promise<void> {
    assert.match(service.status, /^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
    assert.match(service.status, /^CapEff:\s+0+$/m);
    const { code, output } = await finish(healthCheck);
    assert.equal(code, 0, output);
    say('user 1000 without capabilities; the health check of the image passes');

    const get = (path: string, headers = {}) => fetch(`${url}${path}`, { headers });
    const authorization = `Bearer ${token}`;
    const profile = await get('/v1/profiles/me', { authorization });
    assert.equal(profile.status, 200, await profile.clone().text());
    const { email, version } = (await profile.json()) as Record<string, unknown>;
    assert.deepEqual({ email, version }, { email: 'ada@example.com', version: 1 });
    const contract = await (await get('/openapi.yaml')).text();
    assert.equal(contract, readFileSync(join(project, 'openapi.yaml'), 'utf8'));
    const page = await (await get('/docs')).text();
    const [, script = ''] = page.match(/<script[^>]* src="([^"]+)"/) ?? [];
    assert.equal((await get(new URL(script, `${url}/docs`).pathname)).status, 200, page);
    const metrics = await fetch(`http://127.0.0.1:${env.METRICS_PORT}/metrics`);
    assert.match(await metrics.text(), /^process_cpu_seconds_total /m);
    say('first profile by a real token; /openapi.yaml, /docs with its script, and /metrics');

    service.signal(config.StopSignal);
    const statuses = new Set<number>();
    let ended: Ended | undefined;
    void service.ended.then((end) => {
      ended = end;
    });
    const told = performance.now();
    while ((await get('/readyz')).status !== 503) await sleep(5);
    while (performance.now() - told < drainSeconds * 800) {
      statuses.add((await get('/v1/profiles/me', { authorization })).status);
      assert.equal(ended, undefined);
      // Paced, so that a fast service does not refuse its one caller for the rate.
      await sleep(20);
    }
    assert.deepEqual([...statuses], [200]);
    const { code: ending } = await service.ended;
    assert.equal(ending, 0);
    say(`${config.StopSignal}: unready at once, served while draining, then exit 0`);
  }
}

/** The image's root and configuration, or why they took too long. */
async function build(): Promise<{ root: string; config: ImageConfig } | string> {
  // Hundreds of megabytes of small files, for a minute: in memory where there is room.
  const shared = '/dev/shm';
  const space = existsSync(shared) ? statfsSync(shared) : undefined;
  const inMemory = space && space.bavail * space.bsize > 4 * 2 ** 30;
  const work = mkdtempSync(join(inMemory ? shared : tmpdir(), 'image-'));
  cleanups.push(() => rmSync(work, { recursive: true, force: true }));
  const began = performance.now();
  const script = fileURLToPath(new URL('build.sh', import.meta.url));
  // A group of its own, so that buildah ends with the script.
  const builder = spawn('sh', [script, work, 'service'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => {
    if (builder.pid && builder.exitCode === null) process.kill(-builder.pid, 'SIGKILL');
  };
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end();
  }, buildSeconds * 1000);
  cleanups.push(end);
  const [output, log] = await Promise.all([text(builder.stdout), text(builder.stderr)]);
  clearTimeout(limit);
  if (late) return `building took longer than ${buildSeconds} s`;
  const line = output.indexOf('\n');
  assert.notEqual(line, -1, log);
  const { Docker } = JSON.parse(output.slice(line)) as { Docker: { config: ImageConfig } };
  say(`built in ${Math.round((performance.now() - began) / 1000)} s`);
  return { root: output.slice(0, line), config: Docker.config };
}

/** DynamoDB and the pool on free ports of this machine, and a token that the pool's key signed. */
async function startSurroundings() {
  const dynamodb = await startDynamoDB();
  cleanups.push(dynamodb.close);
  const [poolPort, port, metricsPort] = await Promise.all([0, 1, 2].map(findFreePort));
  const settings = readDevSettings({
    DEV_POOL_PORT: String(poolPort),
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
  });
  const folder = mkdtempSync(join(tmpdir(), 'image-pool-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const key = createSigningKey();
  const pool = await buildPoolServer({
    poolId,
    url: settings.poolUrl,
    key,
    folder,
    logger: pino({ level: 'silent' }),
    deliverCode: () => {},
  });
  await pool.listen({ host: settings.poolHost, port: settings.poolPort });
  cleanups.push(() => pool.close());
  const person = findSample('ada');
  assert(person);
  const { issuer } = settings;
  // As the task definition has it by default: what development turns on is off.
  const variables = Object.entries(
    createServiceEnv(settings, dynamodb.url, { ACCOUNT_CLOSURE: 'off' }),
  );
  return {
    env: Object.fromEntries(
      variables.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    url: `http://127.0.0.1:${port}`,
    token: mintAccessToken(key, { issuer, clientId: webClientId, person, expiresIn: 3_600 }),
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilReady(url: string, service: Container): Promise<void> {
  let ended: Ended | undefined;
  void service.ended.then((end) => {
    ended = end;
  });
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (ended) throw new Error(`the service ended before it was ready: ${ended.output}`);
    await sleep(5);
  }
  throw new Error('the service was not ready within 30 s');
}

function say(line: string): void {
  console.log(`image: ${line}`);
}
