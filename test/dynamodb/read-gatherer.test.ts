import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createBackOff } from '../../src/concurrency/back-off.ts';
import { createReadGatherer } from '../../src/dynamodb/read-gatherer.ts';

/** Long enough for whatever is due to be sent. */
async function turn() {
  for (let n = 0; n < 3; n++) await immediate();
}

/** A table whose every batch is answered when the test says so. */
function start(maxKeys = 3, maxUnderway = 1, patienceMs = 10, promptBelow = 1) {
  const batches: {
    ids: readonly string[];
    answer(outcome?: { failed?: Map<string, Error>; left?: string[] }): void;
    fail(error: Error): void;
  }[] = [];
  const values = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
  ]);
  const gatherer = createReadGatherer<number>({
    maxKeys,
    maxUnderway,
    promptBelow,
    patienceMs,
    backOff: createBackOff({ firstMs: 1, longestMs: 1 }),
    maxAttempts: 3,
    createLeftError: () => new Error('throttled'),
    fetchMany: (ids) =>
      new Promise((resolve, reject) => {
        const seen = new Map([...values].filter(([id]) => ids.includes(id)));
        batches.push({
          ids,
          answer({ failed = new Map<string, Error>(), left = [] } = {}) {
            for (const id of [...failed.keys(), ...left]) seen.delete(id);
            resolve({ found: seen, failed, left });
          },
          fail: reject,
        });
      }),
  });
  return { read: gatherer.read, batches, values };
}

t.test('a read that comes alone goes at once', async (t) => {
  const { read, batches } = start();
  const value = read('a');
  await turn();
  t.strictSame(
    batches.map(({ ids }) => ids),
    [['a']],
  );
  batches[0]?.answer();
  t.equal(await value, 1);
});

t.test('reads that come while a batch is under way go together in the next', async (t) => {
  const { read, batches } = start();
  const first = read('a');
  await turn();
  const others = [read('b'), read('nobody'), read('c'), read('d')];
  await turn();
  t.equal(batches.length, 1);
  batches[0]?.answer();
  await first;
  await turn();
  t.strictSame(batches[1]?.ids, ['b', 'nobody', 'c'], 'no more than fit');
  batches[1]?.answer();
  await turn();
  await turn();
  t.strictSame(batches[2]?.ids, ['d']);
  batches[2]?.answer();
  t.strictSame(await Promise.all(others), [2, undefined, 3, 4]);
});

t.test('with fewer under way than asked for, what waits goes at once', async (t) => {
  const { read, batches } = start(3, 3, 60_000, 2);
  const reads = [read('a')];
  await turn();
  reads.push(read('b'));
  await turn();
  reads.push(read('c'));
  await turn();
  t.strictSame(
    batches.map(({ ids }) => ids),
    [['a'], ['b']],
    'the third waits',
  );
  batches[0]?.answer();
  await reads[0];
  await turn();
  t.strictSame(batches[2]?.ids, ['c']);
  for (const batch of batches) batch.answer();
  await Promise.all(reads);
});

t.test('the same id is asked for once in a batch', async (t) => {
  const { read, batches } = start();
  const values = [read('a'), read('a'), read('b'), read('a')];
  await turn();
  t.strictSame(batches[0]?.ids, ['a', 'b']);
  batches[0]?.answer();
  t.strictSame(await Promise.all(values), [1, 1, 2, 1]);
});

t.test('a read never joins a batch that was sent before it began', async (t) => {
  const { read, batches, values } = start(3, 2, 10);
  const early = read('a');
  await turn();
  values.set('a', 10);
  const late = read('a');
  await turn();
  t.equal(batches.length, 1, 'it waits for a while');
  await sleep(30);
  t.strictSame(
    batches.map(({ ids }) => ids),
    [['a'], ['a']],
  );
  batches[1]?.answer();
  t.equal(await late, 10);
  batches[0]?.answer();
  t.equal(await early, 1);
});

t.test('the failure of a batch is that of its own reads alone', async (t) => {
  const { read, batches } = start();
  const failing = [read('a'), read('b')];
  await turn();
  const waiting = read('c');
  batches[0]?.fail(new Error('torn'));
  for (const each of failing) await t.rejects(each, /torn/);
  await turn();
  batches[1]?.answer();
  t.equal(await waiting, 3);
});

t.test('a reader who gave up is answered with their reason and is not asked for', async (t) => {
  // Looking for who gave up does not keep a process alive; a server's sockets do.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const { read, batches } = start();
  const blocking = read('a');
  await turn();
  const controller = new AbortController();
  const gone = read('b', controller.signal);
  const alsoB = read('b', new AbortController().signal);
  const goneAlone = read('c', controller.signal);
  controller.abort(new Error('left'));
  await t.rejects(gone, /left/, 'while it waits');
  await t.rejects(goneAlone, /left/);
  batches[0]?.answer();
  await blocking;
  await turn();
  t.strictSame(batches[1]?.ids, ['b']);
  const late = new AbortController();
  const underway = read('d', late.signal);
  batches[1]?.answer();
  t.equal(await alsoB, 2);
  await turn();
  late.abort(new Error('enough'));
  await t.rejects(underway, /enough/, 'while its batch is under way');
});

t.test('T36 what a batch leaves keeps nobody waiting and is asked for again', async (t) => {
  const { read, batches } = start();
  const [bad, good] = [read('a'), read('b')];
  await turn();
  batches[0]?.answer({ left: ['a'] });
  t.equal(await good, 2, 'what was read is answered');
  const other = read('c');
  await turn();
  t.ok(batches[1]?.ids.includes('c'), 'the place is free');
  batches[1]?.answer({ left: batches[1].ids.filter((id) => id === 'a') });
  t.equal(await other, 3);
  while ((await Promise.race([bad.catch(String), sleep(20)])) === undefined) {
    for (const batch of batches.slice(2)) batch.answer({ left: ['a'] });
  }
  await t.rejects(bad, /throttled/);
  t.ok(batches.filter(({ ids }) => ids.includes('a')).length === 3, 'three attempts');
});

t.test("T36 an id that can't be read is the fault of its own readers alone", async (t) => {
  const { read, batches } = start();
  const reads = [read('a'), read('b'), read('a')];
  await turn();
  batches[0]?.answer({ failed: new Map([['a', new Error('unreadable')]]) });
  t.equal(await reads[1], 2);
  await t.rejects(reads[0] as Promise<unknown>, /unreadable/);
  await t.rejects(reads[2] as Promise<unknown>, /unreadable/);
});
