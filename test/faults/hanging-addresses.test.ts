import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { requestBudgetMs } from '../../src/http/hooks/deadline.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { type Publisher, startPublisher } from '../helper/publisher.ts';
import { type Answer, sendOnce } from '../helper/request.ts';
import { clientId } from '../helper/service-environment.ts';
import { type ServiceProcess, startServiceProcess } from '../helper/service-process.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { type Relay, startRelay } from './relay.ts';

t.jobs = 4;

/** For a machine that is busy with other tests as well. */
const slackMs = 1_500;
/** Cognito is asked again about somebody this long after it did not answer. */
const askAgainMs = 30_000;
/** Collects garbage when told to: what nobody holds any more, and a deadline must not be among it. */
const collecting = [
  '--expose-gc',
  '--import=data:text/javascript,process.on("SIGUSR2",()=>void%20gc())',
];
/** How long after a request it is told to, where there is no answer yet, milliseconds. */
const collectAfterMs = [300, 1_200];

/** How an address hangs: before its answer, or within it. */
const hangs: Record<string, (response: ServerResponse) => void> = {
  'before its answer': () => {},
  'within its answer': (response) => void response.writeHead(200).write('{'),
};
const paths = { keys: '/pool/.well-known/jwks.json', user: '/' } as const;

/** Lets an address hang until it is told otherwise, or the first time only. */
function hang(publisher: Publisher, path: string, how: (response: ServerResponse) => void) {
  let met = 0;
  const intercept = (once: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== path || (once && met > 0)) return false;
    met++;
    how(response);
    return true;
  };
  return {
    once: () => {
      publisher.intercept = intercept(true);
    },
    forEver: () => {
      publisher.intercept = intercept(false);
    },
    met: () => met,
  };
}

let started: Promise<unknown> = Promise.resolve();

async function start(t: Test, prepare: (publisher: Publisher, relay: Relay) => unknown = () => {}) {
  const engine = await startDynalite(t);
  const relay = await startRelay(t, engine.endpoint);
  const publisher = await startPublisher(t);
  const tableName = await engine.createTable();
  await prepare(publisher, relay);
  // One after the other: a free port goes to the first to listen on it.
  const starting = started.then(() =>
    startServiceProcess(t, {
      endpoint: relay.endpoint,
      tableName,
      publisher,
      nodeOptions: collecting,
      until: '/livez',
    }),
  );
  started = starting.catch(() => {});
  return { relay, publisher, service: await starting };
}

/** Every request is answered within its budget, and as 503 with Retry-After where it can't be served. */
async function ask(t: Test, { url, child }: ServiceProcess, token: string, body?: object) {
  const began = performance.now();
  const method = body ? 'PATCH' : 'GET';
  const collections = collectAfterMs.map((ms) => setTimeout(() => child.kill('SIGUSR2'), ms));
  const answer = await sendOnce(url, method, '/v1/profiles/me', {
    token,
    ...(body && { body }),
  }).finally(() => collections.forEach(clearTimeout));
  const tookMs = performance.now() - began;
  if (tookMs > requestBudgetMs + slackMs) {
    judgeTime(t, tookMs, requestBudgetMs + slackMs, 'an answer');
  }
  if (answer.status >= 500) {
    t.equal(answer.status, 503);
    t.ok(answer.headers.get('retry-after'));
  }
  return answer;
}

async function recover(t: Test, work: () => Promise<Answer>, withinMs = 10_000): Promise<void> {
  const began = performance.now();
  while ((await work()).status !== 200) {
    if (performance.now() - began > 120_000) throw new Error('it did not recover');
    await sleep(50);
  }
  judgeTime(t, performance.now() - began, withinMs + slackMs, 'it recovers');
}

for (const [where, how] of Object.entries(hangs)) {
  t.test(`T34: Cognito's GetUser hangs ${where}`, { buffered: true }, async (t) => {
    const { publisher, service } = await start(t);
    const address = hang(publisher, paths.user, how);
    await recover(t, () => ask(t, service, accessToken(service, makePerson())));

    address.forEver();
    const person = makePerson();
    const scope = 'aws.cognito.signin.user.admin';
    const token = accessToken(service, person, { scope });
    const answers = await Promise.all([1, 2, 3].map(() => ask(t, service, token)));
    const areLetIn = answers.every(({ status }) => status === 200);
    judge(t, areLetIn, areLetIn ? 1 : measureShare(), 'all are let in');
    t.notOk(answers[0]?.body.givenName, 'without the names');
    t.ok(address.met() > 0, 'it was asked');
    const others = Array.from({ length: 5 }, () => accessToken(service, makePerson(), { scope }));
    const those = await Promise.all(others.map((each) => ask(t, service, each)));
    const areServed = those.every(({ status }) => status === 200);
    judge(t, areServed, areServed ? 1 : measureShare(), 'and others too');

    publisher.intercept = undefined;
    const next = accessToken(service, person, { scope, authTime: nowSeconds() + 1 });
    const attributes = { sub: person.sub, given_name: 'Ada' };
    for (const each of [token, next]) publisher.attributes.set(each, attributes);
    const complete = async () => {
      const answer = await ask(t, service, next);
      return answer.body.givenName === 'Ada' ? answer : { ...answer, status: 0 };
    };
    await recover(t, complete, askAgainMs);
    t.equal(service.child.exitCode, null, 'without a restart');
  });

  t.test(`T34: the key address hangs ${where} at boot`, { buffered: true }, async (t) => {
    let address: ReturnType<typeof hang> | undefined;
    const { publisher, service } = await start(t, (publisher) => {
      address = hang(publisher, paths.keys, how);
      address.forEver();
    });
    const token = accessToken(service, makePerson());
    for (let turn = 0; turn < 3; turn++) {
      const answers = await Promise.all([1, 2].map(() => ask(t, service, token)));
      for (const { status } of answers) t.equal(status, 503);
      t.equal((await sendOnce(service.url, 'GET', '/readyz')).status, 503);
      t.equal((await sendOnce(service.url, 'GET', '/livez')).status, 200);
    }
    publisher.intercept = undefined;
    await recover(t, () => ask(t, service, token));
    t.equal((await sendOnce(service.url, 'GET', '/readyz')).status, 200);
  });

  t.test(`T34: the key address hangs ${where}, once and later`, { buffered: true }, async (t) => {
    const { publisher, service } = await start(t, (publisher) =>
      hang(publisher, paths.keys, how).once(),
    );
    const token = accessToken(service, makePerson());
    await recover(t, () => ask(t, service, token));

    const address = hang(publisher, paths.keys, how);
    address.forEver();
    const { issuer } = publisher;
    const unknown = { issuer, clientId, person: makePerson() };
    const foreign = createSigningKey();
    // They make the service look for their key.
    const end = performance.now() + 120_000;
    while (address.met() === 0 && performance.now() < end) {
      const forged = ask(t, service, mintAccessToken({ ...foreign, kid: randomUUID() }, unknown));
      const honest = await ask(t, service, accessToken(service, makePerson()));
      t.equal(honest.status, 200, 'nobody waits with them');
      t.equal((await forged).status, 401);
    }
    t.ok(address.met() > 0, 'it was asked');
    t.equal((await ask(t, service, token)).status, 200);
  });
}

for (const kind of ['blackHole', 'trickle'] as const) {
  t.test(`T34: the table hangs at boot: ${kind}`, { buffered: true }, async (t) => {
    const { relay, service } = await start(t, (_publisher, relay) => relay.set({ kind }));
    const token = accessToken(service, makePerson());
    while ((await sendOnce(service.url, 'GET', '/readyz')).status !== 200) await sleep(50);
    for (const { status } of await Promise.all([
      ask(t, service, token),
      ask(t, service, token, { displayName: 'Ada' }),
    ])) {
      t.equal(status, 503);
    }
    await relay.set({ kind: 'none' });
    await recover(t, () => ask(t, service, token, { displayName: 'Ada' }));
    let calls = 0;
    await relay.set({ kind }, () => calls++ === 0);
    t.equal((await ask(t, service, token)).status, 200, 'one that hangs once is asked again');
    t.ok(calls > 1);
  });
}

t.test(
  'T34: neither a collector that hangs nor a scrape holds a task up',
  { buffered: true },
  async (t) => {
    let spans = 0;
    const collector = createServer(() => spans++);
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      collector.closeAllConnections();
      collector.close();
    });
    const engine = await startDynalite(t);
    const { port } = collector.address() as AddressInfo;
    const service = await startServiceProcess(t, {
      endpoint: engine.endpoint,
      tableName: await engine.createTable(),
      publisher: await startPublisher(t),
      nodeOptions: collecting,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, DRAIN_DELAY: '0' },
    });
    const metrics = new URL(service.metricsUrl);
    const scrape = connect(Number(metrics.port), metrics.hostname).on('error', () => {});
    scrape.pause();
    t.teardown(() => scrape.destroy());
    scrape.write('GET /metrics HTTP/1.1\r\nhost: service\r\n\r\n'.repeat(50));
    for (let turn = 0; turn < 20; turn++) {
      const token = accessToken(service, makePerson());
      t.equal((await ask(t, service, token)).status, 200);
    }
    while (spans === 0) await sleep(50);
    t.ok((await fetch(service.metricsUrl)).ok, 'another scrape is answered');
    const began = performance.now();
    service.child.kill('SIGTERM');
    t.equal(await service.ended, 0);
    judgeTime(t, performance.now() - began, 15_000, 'it ends');
  },
);

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
