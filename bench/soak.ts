import { readCommandLine, readOrRefuse } from '../src/command-line.ts';
import { readCount, readNumber } from '../src/number-option.ts';
import { heapLimitMiB, measureGrowth, memoryLimitMiB, soak } from '../test/faults/soak.ts';

const usage = `npm run soak -- [options]

Runs the built service under load within the container's memory and watches that memory.

  --minutes N         how long (default 10)
  --clients N         how many at the same time (default 16)
  --help              this
`;
const values = readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {
  minutes: { type: 'string' },
  clients: { type: 'string' },
});
const { minutes, clients } = readOrRefuse(usage, () => ({
  minutes: readNumber('--minutes', values.minutes ?? '10', 0.1, 10_080),
  clients: readCount('--clients', values.clients ?? '16', 1, 1_000),
}));
const cleanUps: (() => unknown)[] = [];

try {
  console.log(`T22: ${minutes} minutes in ${memoryLimitMiB} MiB, heap of ${heapLimitMiB} MiB`);
  const report = await soak(
    { teardown: (work) => cleanUps.unshift(work) },
    {
      minutes,
      clients,
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
