// Given to Node with --import: on SIGUSR2 this process writes how often its event loop has turned.
import { performance } from 'node:perf_hooks';

process.on('SIGUSR2', () => {
  const { loopCount: turns } = performance.nodeTiming.uvMetricsInfo;
  process.stdout.write(`${JSON.stringify({ turns })}\n`);
});
