import t from 'tap';
import { createMachineToken, createProfileClient } from '../../client/src/index.ts';
import { planRetry } from '../../client/src/retry.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { judgeTime } from '../helper/machine.ts';
import { startService } from '../helper/start-service.ts';
import { refuse, startFront } from './front.ts';

const service = await startService(t);

for (const status of [429, 503]) {
  t.test(`${status} is waited out as long as the service asks`, async (t) => {
    const front = await startFront(t, service.url);
    const token = accessToken(service, makePerson());
    const client = createProfileClient({ baseUrl: front.url, token: () => token });
    front.answer = refuse(1, status, { 'retry-after': '1' });
    t.match(await client.updateMyProfile({ displayName: 'Ada' }), { displayName: 'Ada' });
    const [first, second] = front.requests;
    t.equal(front.requests.length, 2);
    const waited = (second?.at ?? 0) - (first?.at ?? 0);
    t.ok(waited >= 990, `${waited} ms`);
    judgeTime(t, waited, 10_000, 'the second try comes');
  });
}

t.test(
  'a date does as well as seconds, and no Retry-After waits a little longer each time',
  async (t) => {
    const front = await startFront(t, service.url);
    const token = accessToken(service, makePerson());
    const client = createProfileClient({ baseUrl: front.url, token: () => token });
    front.answer = refuse(1, 503, { 'retry-after': new Date(Date.now() - 1_000).toUTCString() });
    await client.getMyProfile();
    t.equal(front.requests.length, 2);
    front.answer = refuse(2, 503);
    await client.getMyProfile();
    const [, , first, second, third] = front.requests.map(({ at }) => at);
    t.ok(Number(second) - Number(first) >= 240);
    t.ok(Number(third) - Number(second) >= 490);
  },
);

t.test('trying again has an end, and other answers are not tried again', async (t) => {
  const front = await startFront(t, service.url);
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: front.url, token: () => token, retries: 2 });
  front.answer = refuse(99, 503, { 'retry-after': '0' });
  await t.rejects(client.getMyProfile(), { status: 503, code: 'UNEXPECTED_ANSWER' });
  t.equal(front.requests.length, 3);
  front.answer = refuse(99, 502);
  await t.rejects(client.getMyProfile(), { status: 502, code: 'UNEXPECTED_ANSWER' });
  t.equal(front.requests.length, 4);
  front.answer = refuse(99, 200, { 'content-type': 'text/html' });
  await t.rejects(client.getMyProfile(), { status: 200, code: 'UNEXPECTED_ANSWER' });
});

t.test('no limit is none, not the shortest', async (t) => {
  const slow = await startHttpServer(t, (request, response) => {
    request.resume();
    const answer = { version: 1, access_token: 'a token' };
    response.writeHead(200, { 'content-type': 'application/json' });
    setTimeout(() => response.end(JSON.stringify(answer)), 100);
  });
  const front = await startFront(t, service.url);
  for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31]) {
    const token = createMachineToken({
      tokenEndpoint: slow,
      clientId: 'a-client',
      clientSecret: 'a secret',
      timeout,
    });
    const client = createProfileClient({ baseUrl: slow, token, timeout });
    t.match(await client.getMyProfile(), { version: 1 });

    const patient = createProfileClient({
      baseUrl: front.url,
      token: () => accessToken(service, makePerson()),
      maxWait: timeout,
    });
    front.answer = refuse(99, 503, { 'retry-after': String(60 * 86_400) });
    front.requests.length = 0;
    await t.rejects(patient.getMyProfile(), { code: 'UNEXPECTED_ANSWER', status: 503 });
    t.equal(front.requests.length, 1, 'longer than a timer can wait, so told at once');
  }
});

t.test('a wait is never longer than it may be, and never shorter than asked', (t) => {
  const plan = (seconds: string, maxWait: number) =>
    planRetry(new Response(null, { status: 503, headers: { 'retry-after': seconds } }), 1, {
      retries: 1,
      maxWait,
    });
  for (let times = 0; times < 100; times++) {
    t.equal(plan('10', 10_000), 10_000);
    const [soon = -1, later = -1] = [plan('0', 100), plan('8', 9_000)];
    t.ok(soon >= 0 && soon <= 100, `${soon}`);
    t.ok(later >= 8_000 && later <= 9_000, `${later}`);
  }
  t.equal(plan('11', 10_000), undefined);
  t.equal(plan(new Date(Date.now() + 86_400_000).toUTCString(), 10_000), undefined);
  t.equal(plan('1'.repeat(400), Number.POSITIVE_INFINITY), undefined);
  t.end();
});

t.test("the service's own limit is told at once when it is too long to wait for", async (t) => {
  const strict = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: '2' } });
  const token = accessToken(strict, makePerson());
  const client = createProfileClient({ baseUrl: strict.url, token: () => token });
  await client.getMyProfile();
  await client.getMyProfile();
  const start = Date.now();
  await t.rejects(client.getMyProfile(), { code: 'RATE_LIMITED', status: 429 });
  judgeTime(t, Date.now() - start, 5_000, 'told at once');
});

t.test('an aborted call ends at once, whatever it is doing', async (t) => {
  const front = await startFront(t, service.url);
  const token = accessToken(service, makePerson());
  const client = createProfileClient({ baseUrl: front.url, token: () => token });
  const timed = async (call: (signal: AbortSignal) => Promise<unknown>) => {
    const start = Date.now();
    await t.rejects(call(AbortSignal.timeout(50)), { name: 'TimeoutError' });
    judgeTime(t, Date.now() - start, 4_000, 'ended at once');
  };

  front.answer = () => true;
  await timed((signal) => client.getMyProfile({ signal }));
  front.answer = refuse(99, 503, { 'retry-after': '5' });
  await timed((signal) => client.getMyProfile({ signal }));
  await timed((signal) => client.updateMyProfile({ displayName: 'Ada' }, { signal }));
  front.answer = undefined;
  await timed((signal) => client.updateMyProfile(() => new Promise(() => {}), { signal }));
  const silent = createProfileClient({ baseUrl: front.url, token: () => new Promise(() => {}) });
  await timed((signal) => silent.getMyProfile({ signal }));
  await timed(async (signal) => {
    front.answer = (request) => request.method === 'GET';
    for await (const _ of client.listProfiles({ signal })) t.fail('nothing is answered');
  });
});
