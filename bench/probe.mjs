// Loaded before a contender (`node --import`): answers the harness with the process's own
// accounting. `ru_maxrss` is no use for the peak, as a child inherits its parent's over exec.
import { readFileSync } from 'node:fs';

process.on('message', (message) => {
  if (message === 'usage')
    process.send({ cpu: cpuMicroseconds(), loopTurns: loopTurns(), ...memory() });
  if (message === 'exit') process.exit();
});
// Nothing outlives the harness, however it ends.
process.on('disconnect', () => process.exit());
// The channel must not keep a process alive that has closed everything else.
process.channel?.unref();

function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Iterations of the event loop since the start, as libuv counts them. */
function loopTurns() {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}

function memory() {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const read = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    return { peakMemory: read('VmHWM'), memory: read('VmRSS') };
  } catch {
    return {
      peakMemory: process.resourceUsage().maxRSS * 1024,
      memory: process.memoryUsage().rss,
    };
  }
}
