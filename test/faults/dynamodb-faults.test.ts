import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { attemptPolicy } from '../../src/aws/attempt-policy.ts';
import { requestBudgetMs } from '../../src/http/hooks/deadline.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { readMetric } from '../helper/metrics.ts';
import { sendOnce } from '../helper/request.ts';
import type { BuiltService, RunningService } from '../helper/start-service.ts';
import { expiredCredentials, type Fault, internalError, type Relay, throttling } from './relay.ts';
import { startBehindRelay } from './start-behind-relay.ts';
import { startTraffic } from './traffic.ts';

/** For a machine that is busy with other tests as well. */
const slackMs = 700;
const clients = 16;

interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly forMs: number;
  /** `none`: every request succeeds through it; `some`: it hits some calls only. */
  readonly refuses?: 'none' | 'some';
  readonly only?: () => boolean;
}

let turn = 0;
const everyThird = () => turn++ % 3 === 0;

const rows: Row[] = [
  { name: 'down: connections are refused', fault: { kind: 'refuse' }, forMs: 3_000 },
  { name: 'black-holed: nothing is answered', fault: { kind: 'blackHole' }, forMs: 6_000 },
  { name: 'slower than an attempt may take', fault: { kind: 'delay', ms: 2_500 }, forMs: 5_000 },
  {
    name: 'slow, within an attempt',
    fault: { kind: 'delay', ms: 400 },
    forMs: 3_000,
    refuses: 'none',
  },
  { name: 'throttling', fault: throttling, forMs: 3_000 },
  { name: 'answering 500', fault: internalError, forMs: 3_000 },
  { name: 'credentials expired', fault: expiredCredentials, forMs: 2_000 },
  { name: 'cut in the middle of an answer', fault: { kind: 'cutAnswer' }, forMs: 3_000 },
  { name: 'an answer that trickles without an end', fault: { kind: 'trickle' }, forMs: 5_000 },
  { name: 'answers lost after the write was made', fault: { kind: 'loseAnswer' }, forMs: 3_000 },
  {
    name: 'one answer in three lost after the write was made',
    fault: { kind: 'loseAnswer' },
    forMs: 3_000,
    refuses: 'some',
    only: everyThird,
  },
];

t.test(
  'T12: whatever DynamoDB does, answers are in time and nothing acknowledged is lost',
  async (t) => {
    const { relay, service } = await startBehindRelay(t, { env: { LOG_LEVEL: 'fatal' } });
    for (const row of rows) {
      await t.test(row.name, (t) => runRow(t, row, service, relay));
    }
  },
);

async function runRow(t: Test, row: Row, service: BuiltService, relay: Relay): Promise<void> {
  const traffic = await startTraffic(service, { clients });
  // A machine with much else to do may be overloaded by the first of them.
  const isWell = () =>
    traffic.exchanges.length >= 50 &&
    traffic.exchanges.slice(-50).every(({ status }) => status === 200);
  for (let waited = 0; !isWell() && waited < 60_000; waited += 20) await sleep(20);
  t.ok(isWell(), 'all is well before');

  const before = traffic.exchanges.length;
  const callsBefore = relay.calls();
  await relay.set(row.fault, row.only);
  await sleep(row.forMs);
  const health = await sendOnce(service.url, 'GET', '/livez');
  const readiness = await sendOnce(service.url, 'GET', '/readyz');
  t.same([health.status, readiness.status], [200, 200], 'the task stays in service');
  const callsDuring = relay.calls() - callsBefore;
  await relay.set({ kind: 'none' });

  const recovery = await waitForRecovery(service);
  judgeTime(t, recovery, 10_000, 'recovered');
  await sleep(500);
  await traffic.stop();

  const during = traffic.exchanges.slice(before);
  const statuses = new Set(during.map(({ status }) => status));
  statuses.delete(200);
  if (row.refuses === 'none') {
    const holds = statuses.size === 0;
    judge(t, holds, holds ? 1 : measureShare(), 'every request succeeded');
  } else if (row.refuses === 'some') t.notOk(statuses.has(0), 'every request was answered');
  else t.same([...statuses], [503], 'what failed was answered 503');
  const refused = during.filter(({ status }) => status === 503);
  t.ok(
    refused.every(({ retryAfter }) => retryAfter !== null),
    'with Retry-After',
  );
  const slowest = Math.max(...during.map(({ ms }) => ms));
  judgeTime(t, slowest, requestBudgetMs + slackMs, 'the slowest answer');
  // A request makes at most three calls in a row here: a lookup reads the index, then the items.
  const bound = during.length * 2 * attemptPolicy.maxAttempts + clients * attemptPolicy.maxAttempts;
  t.ok(callsDuring <= bound, `${callsDuring} attempts for ${during.length} requests`);
  t.ok(relay.connections() <= clients + 8, `${relay.connections()} connections are left`);
  t.equal(await readMetric(service, 'http_server_active_requests'), 0, 'no request is left behind');

  for (const [userId, keys] of traffic.acknowledged) {
    const { body } = await sendOnce(service.url, 'GET', `/v1/profiles/${userId}`, {
      token: machineToken(service),
    });
    const kept = body.preferences as Record<string, unknown>;
    const lost = [...keys].filter((key) => !(key in kept));
    if (lost.length > 0) t.fail(`${lost.length} acknowledged writes of a person are lost`);
  }
  t.comment(
    `${row.name}: ${during.length} requests, ${refused.length} refused, ${callsDuring} attempts, slowest ${Math.round(slowest)} ms, recovered after ${Math.round(recovery)} ms`,
  );
}

async function waitForRecovery(service: RunningService): Promise<number> {
  const began = performance.now();
  const token = accessToken(service, makePerson());
  while (performance.now() - began < 60_000) {
    const answers = await Promise.all([
      sendOnce(service.url, 'GET', '/v1/profiles/me', { token }),
      sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body: { displayName: 'Back' } }),
    ]);
    if (answers.every(({ status }) => status === 200)) return performance.now() - began;
    await sleep(50);
  }
  return Number.POSITIVE_INFINITY;
}
