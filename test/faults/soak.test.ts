import t from 'tap';
import { memoryLimitMiB, soak } from './soak.ts';

/** `npm run test:long` takes longer. */
const seconds = Number(process.env.SOAK_SECONDS ?? 10);

t.test('T22: a short soak (`npm run soak` is the long one)', async (t) => {
  const { samples, statuses, restarted, leftOver } = await soak(t, {
    minutes: seconds / 60,
    clients: 8,
    sampleSeconds: 2,
  });
  t.equal(restarted, false, 'one process all along');
  t.equal(leftOver, 0, 'no request is left behind, those of clients that left included');
  t.notOk(statuses.has(0), 'every request was answered');
  t.notOk(statuses.has(500), 'none by a server error');
  const highest = Math.max(...samples.map(({ residentMiB }) => residentMiB));
  t.ok(highest < memoryLimitMiB, `${highest} MiB at most`);
});
