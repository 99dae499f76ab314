// Loaded into each test file's process: tells what it cost as the file ends, for a log.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Fields 14 to 17 of `/proc/self/stat`, in ticks: its own CPU time, and its ended children's. */
const ticksASecond = 100;

if (isMainThread && process.env.TAP === '1' && process.env.TEST_COST === '1') {
  // The children of a test are no tests.
  delete process.env.TEST_COST;
  process.once('exit', () => {
    const seconds = readSeconds();
    if (seconds !== undefined) writeSync(1, `# cpu=${seconds}s\n`);
  });
}

function readSeconds() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The second field is a name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return (ticks / ticksASecond).toFixed(2);
  } catch {
    // Only Linux tells.
    return undefined;
  }
}
