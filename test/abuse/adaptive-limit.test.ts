import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Pool } from 'undici';
import { startBehindRelay } from '../faults/start-behind-relay.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startDynaliteProcess } from '../helper/dynalite-process.ts';
import { judgeTime } from '../helper/machine.ts';
import { send } from '../helper/request.ts';
import { readMetric } from './start-target.ts';

const most = 500;
const limitName = 'http_server_active_requests_limit';

t.test('the limit falls while a crowd is slow, and recovers with time alone', async (t) => {
  const { relay, service } = await startBehindRelay(t, { engine: await startDynaliteProcess(t) });
  const { url, metricsUrl } = service;
  const token = accessToken(service, makePerson());
  const path = '/v1/profiles/me';
  t.equal((await send(url, 'GET', path, { token })).status, 200);
  t.equal(await readMetric(metricsUrl, limitName), most);

  const pool = new Pool(url, { connections: 400 });
  t.teardown(() => pool.destroy());
  const headers = { authorization: `Bearer ${token}` };
  let over = false;
  const ask = async () => {
    while (!over) {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      await body.dump();
      if (statusCode !== 200) await sleep(50);
    }
  };
  // Slower than answers may be on average, and within what an attempt may take.
  await relay.set({ kind: 'delay', ms: 800 });
  const crowd = Promise.all(Array.from({ length: 400 }, ask));
  const fallEnd = performance.now() + 120_000;
  let fallen = most;
  while (fallen >= most / 2 && performance.now() < fallEnd) {
    await sleep(100);
    fallen = await readMetric(metricsUrl, limitName);
  }
  t.ok(fallen < most / 2, `it falls to ${fallen}`);
  over = true;
  await crowd;
  await relay.set({ kind: 'none' });

  // From here on nobody asks.
  const began = performance.now();
  while ((await readMetric(metricsUrl, limitName)) < most) {
    if (performance.now() - began > 120_000) throw new Error('it does not rise while idle');
    await sleep(100);
  }
  judgeTime(t, performance.now() - began, 15_000, 'it is back');
  t.equal((await send(url, 'GET', path, { token })).status, 200);
});
