import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createTurns } from '../../src/concurrency/turns.ts';

t.test('work on one key follows one after the other, on others at once', async (t) => {
  const turns = createTurns();
  const log: string[] = [];
  const work = (name: string, ms: number) => async () => {
    log.push(`+${name}`);
    await sleep(ms);
    log.push(`-${name}`);
    return name;
  };
  const results = await Promise.all([
    turns.take('a', work('a1', 40)),
    turns.take('a', work('a2', 0)),
    turns.take('b', work('b1', 10)),
  ]);
  t.strictSame(results, ['a1', 'a2', 'b1']);
  t.strictSame(log, ['+a1', '+b1', '-b1', '-a1', '+a2', '-a2']);
});

t.test('one that fails is its own failure', async (t) => {
  const turns = createTurns();
  const failing = turns.take('a', async () => Promise.reject(new Error('mine')));
  const next = turns.take('a', async () => 'fine');
  await t.rejects(failing, /mine/);
  t.equal(await next, 'fine');
});

t.test('one that gives up is answered at once and loses its turn', async (t) => {
  const turns = createTurns();
  const controller = new AbortController();
  let release = () => {};
  const first = turns.take('a', () => new Promise<void>((resolve) => (release = resolve)));
  let ran = false;
  const second = turns.take('a', async () => (ran = true), controller.signal);
  controller.abort(new Error('too late'));
  await t.rejects(second, /too late/);
  release();
  await first;
  await turns.take('a', async () => {});
  t.notOk(ran);
});
