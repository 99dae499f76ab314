import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { askOnArrival } from '../../bench/arrivals.ts';

t.test(
  'everyone who arrives is asked once, evenly, and no connection for two at once',
  async (t) => {
    const busy = new Set<string>();
    const dues: number[] = [];
    await askOnArrival(
      ['a', 'b', 'c'],
      { perSecond: 2_000, total: 100 },
      async (connection, due) => {
        if (busy.has(connection)) t.fail(`${connection} was asked while it answered`);
        if (performance.now() < due - 0.5) t.fail('asked before its time');
        busy.add(connection);
        dues.push(due);
        await delay(1);
        busy.delete(connection);
        return true;
      },
    );
    t.equal(dues.length, 100);
    t.equal(busy.size, 0, 'the last answer was waited for');
    const gaps = dues.slice(1).map((due, index) => due - (dues[index] ?? 0));
    t.ok(
      gaps.every((gap) => Math.abs(gap - 0.5) < 1e-6),
      'half a millisecond apart, however late they were asked',
    );
  },
);

t.test('connections take turns', async (t) => {
  const asked: string[] = [];
  await askOnArrival(['a', 'b', 'c'], { perSecond: 1_000, total: 6 }, async (connection) => {
    asked.push(connection);
    return true;
  });
  t.same(asked.join(''), 'abcabc');
});

t.test('a wrong answer ends it', async (t) => {
  let asked = 0;
  await askOnArrival(['a'], { perSecond: 1_000, total: 1_000 }, async () => ++asked < 5);
  t.equal(asked, 5);
});
