import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

const probe = new URL('../helper/turn-probe.mjs', import.meta.url).href;
const service = await startService(t, { nodeOptions: ['--import', probe] });

/** How often the service's event loop has turned. */
async function countTurns(): Promise<number> {
  const { child, log, findLine } = service;
  const before = log.length;
  child.kill('SIGUSR2');
  const line = await findLine((line) => line.includes('turns') && log.lastIndexOf(line) >= before);
  return JSON.parse(line).turns;
}

t.test('a task that nobody asks wakes a few times a second', async (t) => {
  await send(service.url, 'GET', '/v1/profiles/me', { token: accessToken(service, makePerson()) });
  // What the request began is over after two samples of the overload protection.
  await sleep(1_000);
  const before = await countTurns();
  const began = performance.now();
  await sleep(3_000);
  const turns = (await countTurns()) - before;
  const perSecond = turns / ((performance.now() - began) / 1000);
  t.comment(`${perSecond.toFixed(1)} turns a second`);
  t.ok(perSecond < 15, `${perSecond.toFixed(1)} a second`);
});

t.test('a read alone takes few turns of the event loop', async (t) => {
  const token = accessToken(service, makePerson());
  const ask = async () => {
    const { status } = await send(service.url, 'GET', '/v1/profiles/me', { token });
    t.equal(status, 200);
  };
  for (let n = 0; n < 20; n++) await ask();
  const reads = 200;
  const before = await countTurns();
  for (let n = 0; n < reads; n++) await ask();
  const turns = ((await countTurns()) - before) / reads;
  t.comment(`${turns.toFixed(1)} turns a read`);
  t.ok(turns <= 4, `${turns.toFixed(1)} turns a read`);
});
