// Given to Node with --import: on SIGUSR2 this process writes what its event loop was held for at
// most since the last time, milliseconds.
const everyMs = 2;
let heldMs = 0;
let [at, cpu] = [performance.now(), process.cpuUsage()];

setInterval(() => {
  const { user, system } = process.cpuUsage(cpu);
  // By the clock or by CPU, whichever is less: a busy neighbour lengthens the one, the collector's
  // and the compiler's threads the other.
  const turnMs = Math.min(performance.now() - at - everyMs, (user + system) / 1000);
  heldMs = Math.max(heldMs, turnMs);
  [at, cpu] = [performance.now(), process.cpuUsage()];
}, everyMs).unref();

process.on('SIGUSR2', () => {
  process.stdout.write(`${JSON.stringify({ heldMs })}\n`);
  heldMs = 0;
});
