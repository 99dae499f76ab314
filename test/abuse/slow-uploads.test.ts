import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge as judgeByMachine, measureShare } from '../helper/machine.ts';
import type { RunningService } from '../helper/start-service.ts';
import { createHonestLoad, judge } from './honest-load.ts';
import { readMetric, startTarget } from './start-target.ts';

const uploads = 60;
const uploadMs = 3_000;
const limitName = 'http_server_active_requests_limit';

t.test('the time a body takes to arrive does not count as the work of the service', async (t) => {
  const service = await startTarget(t);
  const token = accessToken({ publisher: service.publisher } as RunningService, makePerson());

  /** A patch whose body comes in two pieces. */
  async function upload(): Promise<number> {
    const body = JSON.stringify({ displayName: 'Slow' });
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const sending = request(`${service.url}/v1/profiles/me`, { method: 'PATCH', headers });
    const status = new Promise<number>((resolve, reject) => {
      sending.once('error', reject);
      sending.once('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
    });
    sending.write(body.slice(0, 5));
    await sleep(uploadMs);
    sending.end(body.slice(5));
    return status;
  }

  const load = await createHonestLoad(t, service);
  await load.run(1_000);
  const before = await load.run(uploadMs);
  const statuses = Promise.all(Array.from({ length: uploads }, upload));
  const beside = load.run(uploadMs);
  await sleep(uploadMs / 2);
  const active = await readMetric(service.metricsUrl, 'http_server_active_requests');
  t.ok(active < uploads / 2, `${active} requests are work while their bodies arrive`);
  const limits: number[] = [];
  while (limits.length < 16) {
    limits.push(await readMetric(service.metricsUrl, limitName));
    await sleep(250);
  }
  // A loop that is late for others lowers it too.
  const isSteady = limits.every((limit) => limit === 500);
  judgeByMachine(t, isSteady, measureShare(), `the limit stays where it was: ${limits}`);
  // Sixty patches of one profile at once: a table that gets no time answers some too late.
  const told = [...new Set(await statuses)];
  judgeByMachine(t, told.join() === '200', measureShare(), `the uploads are answered ${told}`);
  judge(t, [before, await load.run(uploadMs)], await beside);
});
