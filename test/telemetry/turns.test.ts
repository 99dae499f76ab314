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

/**
 * The least of three looks. V8 tidies up once or twice some seconds after the last work, in a
 * thousand turns each time: a cost of what came before, whenever it comes.
 */
async function leastOfThree(look: () => Promise<number>): Promise<number> {
  return Math.min(await look(), await look(), await look());
}

t.test('a task that nobody asks hardly wakes', async (t) => {
  await send(service.url, 'GET', '/v1/profiles/me', { token: accessToken(service, makePerson()) });
  // What the request began is over after two samples of the overload protection.
  await sleep(1_000);
  const perSecond = await leastOfThree(async () => {
    const before = await countTurns();
    const began = performance.now();
    await sleep(2_000);
    return ((await countTurns()) - before) / ((performance.now() - began) / 1000);
  });
  t.comment(`${perSecond.toFixed(1)} turns a second`);
  t.ok(perSecond < 3, `${perSecond.toFixed(1)} a second`);
});

t.test('a read alone takes few turns of the event loop', async (t) => {
  const token = accessToken(service, makePerson());
  const ask = async () => {
    const { status } = await send(service.url, 'GET', '/v1/profiles/me', { token });
    t.equal(status, 200);
  };
  for (let n = 0; n < 20; n++) await ask();
  const reads = 100;
  const turns = await leastOfThree(async () => {
    const before = await countTurns();
    for (let n = 0; n < reads; n++) await ask();
    return ((await countTurns()) - before) / reads;
  });
  t.comment(`${turns.toFixed(1)} turns a read`);
  t.ok(turns <= 4, `${turns.toFixed(1)} turns a read`);
});
