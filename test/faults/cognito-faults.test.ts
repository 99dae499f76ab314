import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { requestBudgetMs } from '../../src/http/hooks/deadline.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judgeTime } from '../helper/machine.ts';
import { readMetric } from '../helper/metrics.ts';
import { startPublisher } from '../helper/publisher.ts';
import { sendOnce } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { startBehindRelay } from './start-behind-relay.ts';

const slackMs = 700;

t.test('a Cognito that hangs does not keep a person out', async (t) => {
  const service = await startService(t);
  service.publisher.intercept = (request) => request.url === '/';
  const token = accessToken(service, makePerson(), { scope: 'aws.cognito.signin.user.admin' });
  const began = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => sendOnce(service.url, 'GET', '/v1/profiles/me', { token })),
  );
  t.ok(
    answers.every(({ status }) => status === 200),
    'the profile is made without names',
  );
  judgeTime(t, performance.now() - began, requestBudgetMs, 'within the time budget');
});

t.test('when the table hangs as well, the answer still comes within the budget', async (t) => {
  const { relay, service } = await startBehindRelay(t);
  service.publisher.intercept = (request) => request.url === '/';
  await relay.set({ kind: 'blackHole' }, (operation) => operation === 'PutItem');
  const token = accessToken(service, makePerson(), { scope: 'aws.cognito.signin.user.admin' });
  const began = performance.now();
  const { status, headers } = await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
  t.equal(status, 503);
  t.ok(headers.get('retry-after'));
  const took = performance.now() - began;
  judgeTime(t, took, requestBudgetMs + slackMs, 'in time');
});

t.test('a task that starts without the key address waits for it', async (t) => {
  const engine = await startDynalite(t);
  const publisher = await startPublisher(t);
  let down = true;
  publisher.intercept = (request) => {
    if (!down) return false;
    request.socket.destroy();
    return true;
  };
  const starting = startServiceProcess(t, {
    endpoint: engine.endpoint,
    tableName: await engine.createTable(),
    publisher,
    env: { LOG_LEVEL: 'fatal' },
  });
  await sleep(4_000);
  down = false;
  const service = await starting;
  const token = accessToken({ publisher }, makePerson());
  t.equal((await sendOnce(service.url, 'GET', '/v1/profiles/me', { token })).status, 200);
});

t.test('a client that left ends its own work', async (t) => {
  const { relay, service } = await startBehindRelay(t);
  const token = accessToken(service, makePerson());
  await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
  await relay.set({ kind: 'blackHole' });
  const calls = relay.calls();
  const signal = AbortSignal.timeout(200);
  const body = { displayName: 'Gone' };
  const left = sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body, signal });
  await t.rejects(left);
  await sleep(2_500);
  t.equal(relay.calls() - calls, 1, 'no further attempt is made for it');
  t.equal(
    await readMetric(service, 'http_server_active_requests'),
    0,
    'and it is not counted any more',
  );
  t.ok(await service.findLine((line) => line.includes('"status":499')), 'the log has its line');
});
