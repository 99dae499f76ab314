import { parseArgs } from 'node:util';
import { heapLimitMiB, measureGrowth, memoryLimitMiB, soak } from '../test/faults/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '16' },
  },
});
const minutes = Number(values.minutes);
const cleanUps: (() => unknown)[] = [];

try {
  console.log(`T22: ${minutes} minutes in ${memoryLimitMiB} MiB, heap of ${heapLimitMiB} MiB`);
  const report = await soak(
    { teardown: (work) => cleanUps.unshift(work) },
    {
      minutes,
      clients: Number(values.clients),
      sampleSeconds: Math.max(1, minutes),
      onSample: ({ seconds, residentMiB, heapMiB, requests }) =>
        console.log(
          `${seconds} s: ${residentMiB} MiB resident, ${heapMiB} MiB heap, ${requests} requests`,
        ),
    },
  );
  const { samples, statuses, restarted, leftOver } = report;
  const highest = Math.max(...samples.map(({ residentMiB }) => residentMiB));
  const growth = measureGrowth(samples);
  const faults = [
    restarted && 'it was restarted',
    leftOver > 0 && `${leftOver} requests were left behind`,
    highest > memoryLimitMiB && 'it outgrew its memory',
    growth > 0.1 && 'its memory grew',
    [...statuses.keys()].some((status) => status === 500 || status === 0) && 'requests failed',
  ].filter(Boolean);
  const byStatus = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
  console.log(`Answers by status (-1 left on purpose): ${byStatus.join(', ')}`);
  console.log(`Highest ${highest} MiB; ${(growth * 100).toFixed(1)}% from second to last quarter`);
  console.log(faults.length > 0 ? `FAILED: ${faults.join(', ')}` : 'Flat, and never restarted.');
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  for (const cleanUp of cleanUps) await cleanUp();
}
