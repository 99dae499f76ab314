import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { parse } from 'yaml';
import { findFreePort } from '../helper/free-port.ts';
import { isInstalled } from '../helper/programs.ts';
import { startDynamoDbLocal } from '../helper/table-engine.ts';
import { startPool } from '../local-cognito/start-pool.ts';

const compose = parse(readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8'), {
  merge: true,
}) as { services: Record<string, { healthcheck: { test: string[] } }> };

/** Runs a container's health check on this machine, against another port; answers its exit code. */
function ask(name: string, port: string | number, { busybox = false } = {}): Promise<number> {
  const [kind, ...words] = compose.services[name]?.healthcheck.test ?? [];
  // Compose takes $$ for a dollar sign.
  const test = words.map((word) =>
    word.replaceAll('$$', '$').replace(/(127\.0\.0\.1):\d+/, `$1:${port}`),
  );
  const command = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...test] : test;
  const [program = '', ...rest] = busybox ? ['busybox', ...command] : command;
  return new Promise((resolve) => {
    execFile(
      program,
      rest,
      { timeout: 120_000, env: { ...process.env, PORT: String(port) } },
      (error) => resolve(error === null ? 0 : Number(error.code) || 1),
    );
  });
}

const engine = isInstalled('curl') ? await startDynamoDbLocal(t) : 'curl is not installed';
const skipDynamoDb = typeof engine === 'string' ? engine : false;
t.test('DynamoDB Local answers its health check', { skip: skipDynamoDb }, async (t) => {
  if (typeof engine === 'string') return;
  t.equal(await ask('dynamodb', new URL(engine.endpoint).port), 0);
});

t.test('the local pool answers its health check', async (t) => {
  const { url } = await startPool(t);
  t.equal(await ask('cognito', new URL(url).port), 0);
});

const missing = ['prometheus', 'busybox'].find((program) => !isInstalled(program));
const skipPrometheus = missing ? `${missing} is not installed` : false;
t.test('Prometheus answers its health check', { skip: skipPrometheus }, async (t) => {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(
    'prometheus',
    [
      '--config.file=docker/observability/prometheus.yml',
      `--storage.tsdb.path=${folder}`,
      '--storage.tsdb.retention.time=1d',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  t.teardown(() => child.kill('SIGKILL'));
  let code = 1;
  for (let attempt = 0; attempt < 60 && code !== 0; attempt++) {
    await sleep(250);
    code = await ask('prometheus', port, { busybox: true });
  }
  t.equal(code, 0);
});

t.test('where nobody listens, every health check fails', async (t) => {
  const port = await findFreePort();
  for (const name of ['dynamodb', 'cognito', 'account-page']) {
    t.not(await ask(name, port), 0, name);
  }
  if (!isInstalled('busybox')) return;
  for (const name of ['prometheus', 'grafana']) {
    t.not(await ask(name, port, { busybox: true }), 0, name);
  }
});
