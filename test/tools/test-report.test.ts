import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import t from 'tap';
// @ts-expect-error A reporter of tap is plain JavaScript.
import TestReport from '../../tools/test-report.mjs';

const tap = `TAP version 14
1..2
# Subtest: test/a.test.ts
    # Subtest: adds \\# up
        ok 1 - one
        not ok 2 - two
          ---
          diff: |
            -2
            +1
          ...
        
        # took its time
        not ok 3 - in time # SKIP not judged: the machine is too busy
        # cpu=9s
        1..3
    not ok 1 - adds \\# up # time=12.5ms
      ---
      at:
        fileName: test/a.test.ts
      ...
    
    1..1
    # cpu=2.26s
not ok 1 - test/a.test.ts # time=1500ms
  ---
  exitCode: 1
  ...

# Subtest: test/b.test.ts
    ok 1 - runs # SKIP no terraform
    1..1
not ok 2 - test/b.test.ts # time=600000ms
  ---
  signal: SIGTERM
  ...

# { total: 4, pass: 1, fail: 1, skip: 2 }
# time=601500ms
`;

const report = `FAILED    1.5 s  cpu   2.3 s  test/a.test.ts
                 # took its time
                 # cpu=9s
FAILED  600.0 s  test/b.test.ts

Skipped (2):
  test/a.test.ts › adds # up › in time: not judged: the machine is too busy
  test/b.test.ts › runs: no terraform

Failed (2):
test/a.test.ts › adds # up › two
    diff: |
      -2
      +1

test/b.test.ts
    signal: SIGTERM

{ total: 4, pass: 1, fail: 1, skip: 2 } in 601.5 s, cpu 2.3 s
`;

t.test('a log ends with what was skipped and what failed, and why', async (t) => {
  for (const size of [tap.length, 7]) {
    const reporter = new TestReport();
    const told = text(reporter);
    for (let at = 0; at < tap.length; at += size) {
      if (!reporter.write(tap.slice(at, at + size))) await once(reporter, 'drain');
    }
    reporter.end();
    t.equal(await told, report, `in pieces of ${size}`);
  }
});
