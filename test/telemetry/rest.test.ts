import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createHonestLoad } from '../abuse/honest-load.ts';
import { startTarget } from '../abuse/start-target.ts';
import { machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import type { RunningService } from '../helper/start-service.ts';

const megabyte = 1024 * 1024;
/** What the look at it, the wait for it and a busy machine may take. */
const patienceMs = 120_000;

t.setTimeout(patienceMs + 60_000);

t.test('after a load the memory of the young generation is given back', async (t) => {
  const service = await startTarget(t, {
    RATE_LIMIT_PER_MINUTE: '60000',
    LOG_LEVEL: 'debug',
  });
  const machine = machineToken({ publisher: service.publisher } as RunningService);
  const load = await createHonestLoad(t, service);
  for (let n = 0; n < 20; n++) {
    const body = { preferences: { text: 'x'.repeat(30_000) } };
    const headers = { 'if-none-match': '*' };
    const path = `/v1/profiles/${makePerson().sub}`;
    await send(service.url, 'PUT', path, { token: machine, body, headers });
  }
  const reading = async () => {
    let bytes = 0;
    for (let turn = 0; turn < 60 && bytes < 16 * megabyte; turn++) {
      await send(service.url, 'GET', '/v1/profiles?limit=100', { token: machine });
      bytes = await youngBytes();
    }
    return bytes;
  };
  const [busy] = await Promise.all([reading(), load.run(3_000)]);
  t.ok(busy > 8 * megabyte, `${busy / megabyte} MB after the load`);

  const end = performance.now() + patienceMs;
  let young = busy;
  while (young > 4 * megabyte && performance.now() < end) {
    // A health check and a scrape now and then are no load.
    await sleep(2_000);
    t.equal((await fetch(`${service.url}/readyz`)).status, 200);
    young = await youngBytes();
  }
  t.ok(young <= 4 * megabyte, `${young / megabyte} MB at rest`);
  const held = service.log.join('\n').match(/"heldMs":\d+/g) ?? [];
  t.ok(held.length > 0, 'the log tells of it');
  t.comment(held.join());
  t.equal(await metric('nodejs_eventloop_lag_max_seconds'), 0, 'nobody is delayed');
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
