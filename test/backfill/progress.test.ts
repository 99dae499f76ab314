import t from 'tap';
import { createTally } from '../../src/backfill/tally.ts';
import {
  createProgress,
  createSpeed,
  formatProgress,
  type ProgressView,
} from '../../src/cli/backfill/progress.ts';

const view: ProgressView = {
  tally: {
    ...createTally(),
    users: 42_000,
    created: 40_000,
    filled: 500,
    skipped: 1_499,
    failed: 1,
  },
  total: 100_000,
  usersPerSecond: 598.7,
  slowedTo: undefined,
};

t.test('one line, with a bar where there is room', async (t) => {
  t.equal(
    formatProgress(view, 200),
    `[#############.................] 42,000/100,000 users 42%, 1m37s left, 40,000 created, 500 filled, 1,499 skipped, 1 failed, 599/s`,
  );
  t.equal(
    formatProgress(view, 79),
    '42K/100K users 42%, 1m37s left, 40K created, 500 filled, 1.5K skipped, 1 failed, 599/s'.slice(
      0,
      79,
    ),
  );
  for (let columns = 10; columns < 200; columns++) {
    t.ok(formatProgress(view, columns).length <= columns);
  }
});

t.test('without the size of the pool there is no bar and no time left', async (t) => {
  const line = formatProgress({ ...view, total: undefined, slowedTo: 2.5 }, 200);
  t.match(line, /^42,000 users, 40,000 created, .* 599\/s, throttled to 2\.5 pages\/s$/);
});

t.test('an estimate that was too small never shows more than the whole', async (t) => {
  t.match(formatProgress({ ...view, total: 40_000 }, 200), /\] 42,000\/40,000 users 100%, 42|40,/);
  t.notMatch(formatProgress({ ...view, total: 40_000 }, 200), /left|105%/);
});

t.test('a terminal line rewrites itself; anything else gets whole lines', async (t) => {
  for (const isTTY of [true, false]) {
    let written = '';
    const write = (chunk: string | Uint8Array) => {
      written += chunk;
      return true;
    };
    const progress = createProgress({ stream: { write, isTTY, columns: 150 }, view: () => view });
    progress.start();
    progress.note('throttled');
    progress.stop();
    t.equal(written.includes('\x1b'), isTTY);
    t.equal(written.split('\n').length - 1, 2, 'the note and the last state');
    t.match(written, /throttled\n/);
    if (isTTY) t.ok(written.endsWith('\x1b[?25h'), 'the cursor is back');
  }
});

t.test('the speed is of the last seconds, and begins anew with the walk', async (t) => {
  let now = 0;
  const measure = createSpeed(() => now);
  t.equal(measure(0), 0);
  for (let second = 1; second <= 60; second++) {
    now = second * 1000;
    measure(second <= 30 ? second * 600 : 30 * 600 + (second - 30) * 60);
  }
  now = 61_000;
  t.equal(Math.round(measure(30 * 600 + 31 * 60)), 60);
  now = 62_000;
  t.equal(measure(0), 0);
  now = 63_000;
  t.equal(measure(100), 100);
});
