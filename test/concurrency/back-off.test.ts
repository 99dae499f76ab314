import t from 'tap';
import { createBackOff } from '../../src/concurrency/back-off.ts';
import { createLimit } from '../../src/concurrency/limit.ts';

t.test('pauses double up to their longest, at random below it', async (t) => {
  const backOff = createBackOff({ firstMs: 100, longestMs: 1_000 });
  const longest = (attempt: number) =>
    Math.max(...Array.from({ length: 2_000 }, () => backOff.pauseMs(attempt)));
  for (const [attempt, bound] of [
    [1, 100],
    [2, 200],
    [4, 800],
    [5, 1_000],
    [5_000, 1_000],
  ] as const) {
    const seen = longest(attempt);
    t.ok(seen <= bound && seen > bound * 0.9, `attempt ${attempt}: up to ${Math.round(seen)} ms`);
  }
});

t.test('a pause ends with its signal, and leaves nothing behind', async (t) => {
  const backOff = createBackOff({ firstMs: 3_600_000, longestMs: 3_600_000 });
  const controller = new AbortController();
  const waiting = backOff.wait(1, controller.signal);
  controller.abort(new Error('nobody waits'));
  await t.rejects(waiting, { message: 'nobody waits' });
  await t.rejects(backOff.wait(1, AbortSignal.abort(new Error('already'))), { message: 'already' });
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'), 'no timer keeps the process');
});

t.test('work whose time is over does not begin, even when its turn comes', async (t) => {
  const limit = createLimit(1);
  let finish = () => {};
  const first = limit(() => new Promise<void>((resolve) => (finish = resolve)));
  let begun = 0;
  const work = async () => void begun++;
  await t.rejects(limit(work, AbortSignal.abort(new Error('over'))), { message: 'over' });
  const controller = new AbortController();
  const queued = limit(work, controller.signal);
  controller.abort(new Error('left'));
  await t.rejects(queued, { message: 'left' });
  finish();
  await first;
  await limit(work);
  t.equal(begun, 1);
});
