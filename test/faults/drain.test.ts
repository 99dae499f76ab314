import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { sendPatiently } from '../helper/patience.ts';
import { startPublisher } from '../helper/publisher.ts';
import {
  type ProcessOptions,
  type ServiceProcess,
  startServiceProcess,
} from '../helper/service-process.ts';
import type { RunningService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { startBalancer } from './balancer.ts';
import { startRelay } from './relay.ts';

async function prepare(t: Test): Promise<ProcessOptions> {
  const engine = await startDynalite(t);
  const publisher = await startPublisher(t);
  const tableName = await engine.createTable();
  return { endpoint: engine.endpoint, tableName, publisher };
}

function tokenOf(service: ServiceProcess): string {
  return accessToken(service as unknown as RunningService, makePerson());
}

t.test('T20: SIGTERM under 200 requests/s on kept connections fails no request', async (t) => {
  const options = await prepare(t);
  const leaving = await startServiceProcess(t, options);
  const staying = await startServiceProcess(t, options);
  const tokens = Array.from({ length: 50 }, () => tokenOf(leaving));
  for (const token of tokens) {
    const made = await sendPatiently(leaving.url, 'GET', '/v1/profiles/me', { token });
    t.equal(made.status, 200);
  }
  let share = measureShare();
  let turn = 0;
  const balancer = startBalancer({
    targets: [leaving.url, staying.url],
    perSecond: 200,
    healthCheckMs: 1_500,
    next() {
      const authorization = `Bearer ${tokens[turn % tokens.length]}`;
      if (turn++ % 20 > 0)
        return { method: 'GET', path: '/v1/profiles/me', headers: { authorization } };
      const headers = { authorization, 'content-type': 'application/json' };
      const body = JSON.stringify({ preferences: { [`turn${turn}`]: turn } });
      return { method: 'PATCH', path: '/v1/profiles/me', headers, body };
    },
  });
  t.teardown(() => balancer.stop());
  // The code gets warm: not what is looked at here.
  await sleep(3_000);
  balancer.tally.clear();
  balancer.refusals.length = 0;
  await sleep(2_000);

  // A connection that is kept is served to the end; a new one may wait until it is too late.
  await (await fetch(`${leaving.url}/readyz`)).text();
  const told = performance.now();
  leaving.child.kill('SIGTERM');
  await sleep(500);
  t.equal((await fetch(`${leaving.url}/readyz`)).status, 503, 'it says at once that it leaves');
  const late = await fetch(`${leaving.url}/v1/profiles/me`, {
    headers: { authorization: `Bearer ${tokens[0]}` },
  });
  judge(t, late.status === 200, share, 'and still serves');
  t.equal(late.headers.get('connection'), 'close', 'but keeps no connection');
  const exit = await leaving.ended;
  const seconds = (performance.now() - told) / 1000;
  await sleep(1_000);
  await balancer.stop();

  share = Math.min(share, measureShare());
  const total = [...balancer.tally.values()].reduce((sum, count) => sum + count, 0);
  judge(t, !balancer.tally.has(0), share, 'every request is answered');
  const good = balancer.tally.get(200) ?? 0;
  // A busy machine is overloaded by this rate, whether a task leaves or not.
  judge(t, good === total, share, `${total} requests, ${total - good} of them not answered 200`);
  if (balancer.refusals.length > 0) t.comment(leaving.output() + staying.output());
  judge(t, total > 1_500, share, `at the full rate: ${total} requests`);
  judge(
    t,
    (balancer.sent.get(leaving.url) ?? 0) > 300,
    share,
    'a part of them to the task that left',
  );
  t.equal(exit, 0, 'exit 0');
  judge(t, seconds < 30, share, `within ${seconds.toFixed(1)} s`);
});

t.test('a stalled upload does not keep a task from ending', async (t) => {
  const service = await startServiceProcess(t, {
    ...(await prepare(t)),
    env: { DRAIN_DELAY: '0' },
  });
  const { port } = new URL(service.url);
  const socket = connect(Number(port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  const head = [
    'PATCH /v1/profiles/me HTTP/1.1',
    'host: service',
    `authorization: Bearer ${tokenOf(service)}`,
    'content-type: application/json',
    'content-length: 1000',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n{`);
  await sleep(300);
  const told = performance.now();
  service.child.kill('SIGTERM');
  t.equal(await service.ended, 0, 'exit 0');
  judgeTime(t, performance.now() - told, 12_000, 'within the grace that uploads get');
});

t.test('SIGINT ends it at once', async (t) => {
  const service = await startServiceProcess(t, await prepare(t));
  const told = performance.now();
  service.child.kill('SIGINT');
  t.equal(await service.ended, 0, 'exit 0');
  judgeTime(t, performance.now() - told, 2_000, 'without the delay of a drain');
});

for (const [origin, fault] of [
  ['uncaughtException', "throw new TypeError('nobody expected this')"],
  ['unhandledRejection', "Promise.reject(new TypeError('nobody expected this'))"],
] as const) {
  t.test(`an error nobody expected (${origin}) is logged whole and ends the process`, async (t) => {
    const preload = `process.on('SIGUSR2', () => { ${fault} })`;
    const service = await startServiceProcess(t, {
      ...(await prepare(t)),
      nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
    });
    service.child.kill('SIGUSR2');
    t.equal(await service.ended, 1, 'exit 1');
    const line = service
      .output()
      .split('\n')
      .find((text) => text.includes('"level":60'));
    t.match(JSON.parse(line ?? '{}'), {
      origin,
      err: { type: 'TypeError', message: 'nobody expected this', stack: /^\s+at / },
    });
  });
}

async function startWriting(t: Test) {
  const options = await prepare(t);
  const relay = await startRelay(t, options.endpoint);
  const service = await startServiceProcess(t, {
    ...options,
    endpoint: relay.endpoint,
    env: { DRAIN_DELAY: '0' },
  });
  const tokens = Array.from({ length: 20 }, () => tokenOf(service));
  const write = (token: string) =>
    fetch(`${service.url}/v1/profiles/me`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"displayName":"Ada"}',
    }).then(
      ({ status }) => status,
      () => 'unanswered',
    );
  for (const token of tokens) {
    const { status } = await sendPatiently(service.url, 'GET', '/v1/profiles/me', { token });
    t.equal(status, 200);
  }
  return { relay, service, write: () => Promise.all(tokens.map(write)) };
}

t.test('a second SIGTERM is answered in the log, and 20 writes under way too', async (t) => {
  const { relay, service, write } = await startWriting(t);
  await relay.set({ kind: 'delay', ms: 700 });
  const before = relay.calls();
  const writes = write();
  while (relay.calls() < before + 20) await sleep(5);
  service.child.kill('SIGTERM');
  await sleep(100);
  service.child.kill('SIGTERM');
  const statuses = await writes;
  const share = measureShare();
  t.notOk(statuses.includes('unanswered'));
  judge(
    t,
    statuses.every((status) => status === 200),
    share,
    `all are answered as written: ${statuses}`,
  );
  t.equal(await service.ended, 0);
  t.match(service.output(), /already draining; a third signal ends it at once/);
});

t.test('a third SIGTERM ends it at once', async (t) => {
  const { relay, service, write } = await startWriting(t);
  await relay.set({ kind: 'blackHole' });
  const writes = write();
  await sleep(300);
  for (let signal = 0; signal < 3; signal++) {
    service.child.kill('SIGTERM');
    await sleep(100);
  }
  t.equal(await service.ended, 143);
  t.match(service.output(), /ending at once/);
  await writes;
});
