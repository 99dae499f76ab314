import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { credentialsPolicy } from '../../src/aws/credentials.ts';
import { requestBudgetMs } from '../../src/http/hooks/deadline.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import {
  type CredentialsAnswer,
  startCredentialsEndpoint,
} from '../helper/credentials-endpoint.ts';
import { judgeTime } from '../helper/machine.ts';
import { startPublisher } from '../helper/publisher.ts';
import { sendOnce } from '../helper/request.ts';
import { type ServiceProcess, startServiceProcess } from '../helper/service-process.ts';
import { startDynalite } from '../helper/table-engine.ts';

t.jobs = 7;

/** For a machine that is busy with other tests as well. */
const slackMs = 1_500;
/** Long enough to start within, short enough to wait for. */
const lifeMs = 20_000;

async function prepare(t: Test) {
  const engine = await startDynalite(t);
  const credentials = await startCredentialsEndpoint(t);
  const publisher = await startPublisher(t);
  return {
    credentials,
    options: {
      endpoint: engine.endpoint,
      tableName: await engine.createTable(),
      publisher,
      env: credentials.env,
    },
  };
}

const readiness = async ({ url }: ServiceProcess) => (await sendOnce(url, 'GET', '/readyz')).status;

let started: Promise<unknown> = Promise.resolve();
/** One after the other: a free port goes to the first to listen on it. */
function start(...[t, options]: Parameters<typeof startServiceProcess>): Promise<ServiceProcess> {
  const service = started.then(() => startServiceProcess(t, options));
  started = service.catch(() => {});
  return service;
}

/** A read and a write of one person, each of which must be answered within its budget. */
async function tryOut(t: Test, service: ServiceProcess, token: string) {
  const began = performance.now();
  const answers = await Promise.all([
    sendOnce(service.url, 'GET', '/v1/profiles/me', { token }),
    sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body: { displayName: 'Ada' } }),
  ]);
  const tookMs = performance.now() - began;
  if (tookMs > requestBudgetMs + slackMs) {
    judgeTime(t, tookMs, requestBudgetMs + slackMs, 'answered in time');
  }
  for (const { status, headers, body } of answers) {
    if (status === 200) continue;
    const told = { status, code: body.code, retryAfter: headers.get('retry-after') };
    t.strictSame(told, { status: 503, code: 'STORE_UNAVAILABLE', retryAfter: '1' });
  }
  return answers.every(({ status }) => status === 200);
}

async function recover(t: Test, service: ServiceProcess, token: string): Promise<number> {
  const began = performance.now();
  while (!(await tryOut(t, service, token)) || (await readiness(service)) !== 200) {
    if (performance.now() - began > 120_000) throw new Error('it did not recover');
    await sleep(100);
  }
  return performance.now() - began;
}

t.test(
  'T34: credentials that hang once after they ran out are asked for again',
  { buffered: true },
  async (t) => {
    const { credentials, options } = await prepare(t);
    credentials.answer = { kind: 'good', lifeMs };
    const service = await start(t, options);
    const token = accessToken(service, makePerson());
    t.ok(await tryOut(t, service, token), 'all is well before');
    credentials.answer = { kind: 'fail' };
    while ((await readiness(service)) === 200) await sleep(100);
    const before = credentials.questions();
    credentials.once = { kind: 'hang' };
    credentials.answer = { kind: 'good', lifeMs };
    while (credentials.questions() === before) {
      await tryOut(t, service, token);
      await sleep(50);
    }
    const tookMs = await recover(t, service, token);
    judgeTime(t, tookMs, 10_000 + slackMs, 'recovered');
    const end = performance.now() + 1.5 * lifeMs;
    while (performance.now() < end) {
      await tryOut(t, service, token);
      await sleep(200);
    }
    t.ok(await tryOut(t, service, token), 'and they are renewed before they run out again');
    t.equal(await readiness(service), 200);
    t.ok(credentials.connections() <= 1, 'the question that hung is given up');
  },
);

const outages: CredentialsAnswer['kind'][] = ['hang', 'fail', 'garbage', 'trickle', 'expired'];
for (const kind of outages) {
  t.test(
    `T34: credentials that run out while their address does this: ${kind}`,
    { buffered: true },
    async (t) => {
      const { credentials, options } = await prepare(t);
      credentials.answer = { kind: 'good', lifeMs };
      const service = await start(t, options);
      const token = accessToken(service, makePerson());
      credentials.answer = { kind } as CredentialsAnswer;
      t.ok(await tryOut(t, service, token), 'the last good ones are used while they are valid');
      while ((await readiness(service)) === 200) {
        await tryOut(t, service, token);
        await sleep(100);
      }
      t.notOk(await tryOut(t, service, token), 'then nothing can be signed, and callers are told');
      t.equal((await sendOnce(service.url, 'GET', '/livez')).status, 200);
      await sleep(credentialsPolicy.timeoutMs);
      await tryOut(t, service, token);
      t.ok(credentials.connections() <= 2, `${credentials.connections()} connections`);
      t.match(service.output(), /AWS credentials not fetched/);
      const metrics = await (await fetch(service.metricsUrl)).text();
      t.match(metrics, /aws_credential_fetches_total\{outcome="failure"\} [1-9]/);
      t.match(metrics, /aws_credentials_seconds_left -\d/);
      t.match(metrics, /service_ready 0/);

      credentials.answer = { kind: 'good', lifeMs: 3_600_000 };
      const tookMs = await recover(t, service, token);
      judgeTime(t, tookMs, 10_000 + slackMs, 'recovered');
      t.equal(service.child.exitCode, null, 'without a restart');
    },
  );
}

t.test('T34: credentials that hang at boot', { buffered: true }, async (t) => {
  const { credentials, options } = await prepare(t);
  credentials.answer = { kind: 'hang' };
  const service = await start(t, { ...options, until: '/livez' });
  const token = accessToken(service, makePerson());
  t.equal(await readiness(service), 503);
  t.notOk(await tryOut(t, service, token));
  credentials.answer = { kind: 'good', lifeMs: 3_600_000 };
  const tookMs = await recover(t, service, token);
  judgeTime(t, tookMs, 10_000 + slackMs, 'recovered');
});
