import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createHonestLoad } from '../abuse/honest-load.ts';
import { startTarget } from '../abuse/start-target.ts';
import { machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import type { RunningService } from '../helper/start-service.ts';

const megabyte = 1024 * 1024;
/** With which the service starts: --min-semi-space-size. */
const least = 8 * megabyte;
/** What the look at it, the wait for it and a busy machine may take. */
const patienceMs = 60_000;

t.setTimeout(6 * patienceMs + 60_000);

t.test('after a load the memory of the young generation is given back', async (t) => {
  const env = { RATE_LIMIT_PER_MINUTE: '60000', LOG_LEVEL: 'debug' };
  const service = await startTarget(t, env);
  const machine = machineToken({ publisher: service.publisher } as RunningService);
  const load = await createHonestLoad(t, service);
  for (let n = 0; n < 20; n++) {
    const body = { preferences: { text: 'x'.repeat(30_000) } };
    const headers = { 'if-none-match': '*' };
    const path = `/v1/profiles/${makePerson().sub}`;
    await send(service.url, 'PUT', path, { token: machine, body, headers });
  }
  const reading = async () => {
    for (let turn = 0; turn < 60; turn++) {
      await send(service.url, 'GET', '/v1/profiles?limit=100', { token: machine });
      if ((await youngBytes()) >= 16 * megabyte) return;
    }
  };
  const told = () => service.log.filter((line) => line.includes('"heldMs":')).length;

  /** A load, and the two collections after it. */
  async function loadAndRest(t: Test): Promise<void> {
    const before = told();
    let young = 0;
    // Where the load left the young generation all but full, V8 collects it at rest and gives it
    // back by itself: the next load leaves it otherwise.
    for (let turn = 0; turn < 3 && young <= least && told() < before + 2; turn++) {
      await Promise.all([reading(), load.run(3_000)]);
      young = await youngBytes();
      t.ok(young > least, `${young / megabyte} MB after the load`);
      const end = performance.now() + patienceMs;
      while (told() < before + 2 && performance.now() < end) {
        // A health check now and then is no load. A scrape would be, of the young generation.
        await sleep(2_000);
        t.equal((await fetch(`${service.url}/readyz`)).status, 200);
      }
      young = await youngBytes();
    }
    t.ok(told() >= before + 2, 'the log tells of both collections');
    t.ok(young <= least, `${young / megabyte} MB at rest`);
    t.equal(await metric('nodejs_eventloop_lag_max_seconds'), 0, 'nobody is delayed');
  }

  await t.test('the first load', loadAndRest);
  await t.test('one that comes while it rests', loadAndRest);
  await t.test('while a few requests a second come it keeps what it has compiled', async (t) => {
    await Promise.all([reading(), load.run(3_000)]);
    t.ok((await youngBytes()) > least, 'there is something to give back');
    const before = told();
    const end = performance.now() + 45_000;
    while (performance.now() < end) {
      await sleep(200);
      t.equal((await fetch(`${service.url}/readyz`)).status, 200);
    }
    t.equal(told(), before);
  });
  const { success } = await load.run(1_000);
  t.equal(success, 1, 'and it is awake again');

  async function metric(start: string): Promise<number> {
    const lines = (await (await fetch(service.metricsUrl)).text()).split('\n');
    return Number(lines.find((line) => line.startsWith(start))?.split(' ')[1]);
  }

  function youngBytes(): Promise<number> {
    return metric('nodejs_heap_space_size_total_bytes{space="new"}');
  }
});
