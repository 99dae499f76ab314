import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { judgeTime } from '../helper/machine.ts';
import { createHonestLoad, judge } from './honest-load.ts';
import { openSockets } from './sockets.ts';
import { readMetric, startTarget } from './start-target.ts';

const sampleMs = 5_000;

t.test('T33: 1,000 sockets without a token take nothing from honest callers', async (t) => {
  const service = await startTarget(t);
  const load = await createHonestLoad(t, service);
  await load.run(2_000);
  const before = await load.run(sampleMs);
  const sockets = openSockets(service.url, 1_000, { reopenMs: 2_000 });
  t.teardown(sockets.stop);
  await sleep(3_000);
  const during = await load.run(sampleMs);
  const { status } = await fetch(`${service.url}/readyz`);
  t.equal(status, 200);
  const active = await readMetric(service.metricsUrl, 'http_server_active_requests');
  t.ok(active < 50, `${active} requests count as work`);
  t.equal(await readMetric(service.metricsUrl, 'http_server_active_requests_limit'), 500);
  // A new one is spared for a second, so the bound holds once they no longer come.
  sockets.reopenNoMore();
  const countUnproven = () => readMetric(service.metricsUrl, 'http_server_unproven_connections');
  let unproven = await countUnproven();
  for (let turn = 0; turn < 600 && unproven > 256; turn++) {
    await sleep(100);
    unproven = await countUnproven();
  }
  t.ok(unproven <= 256, `${unproven} of ${sockets.opened()} sockets stay open`);
  await sockets.stop();
  await sleep(500);
  judge(t, [before, await load.run(sampleMs)], during);
});

t.test('T33: every such socket is closed in time', async (t) => {
  const service = await startTarget(t);
  const began = performance.now();
  // Fewer than an address may have, so that time alone closes them.
  const sockets = openSockets(service.url, 120);
  t.teardown(sockets.stop);
  while (sockets.open.size > 0 && performance.now() - began < 200_000) await sleep(250);
  t.equal(sockets.open.size, 0);
  judgeTime(t, performance.now() - began, 100_000, 'in time');
});
