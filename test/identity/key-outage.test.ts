import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judgeTime } from '../helper/machine.ts';
import { startPublisher } from '../helper/publisher.ts';
import { sendOnce } from '../helper/request.ts';
import { clientId, type RunningService } from '../helper/start-service.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { createSimulatedClock } from './simulated-clock.ts';

type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;
const minute = 60_000;

const keySet = (bytes: number) => JSON.stringify({ keys: [], padding: 'x'.repeat(bytes) });
const failures: Record<string, Intercept> = {
  hangs: () => true,
  'answers 500': (_request, response) => !!response.writeHead(500).end('{}'),
  'answers garbage': (_request, response) => !!response.writeHead(200).end('<html>'),
  'answers an empty set': (_request, response) => !!response.writeHead(200).end('{"keys":[]}'),
  'answers too much': (_request, response) => !!response.writeHead(200).end(keySet(1e6)),
  'answers a body that never ends': (_request, response) => {
    response.writeHead(200).write('{"keys":[');
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
    return true;
  },
  'redirects elsewhere': (_request, response) =>
    !!response.writeHead(302, { location: '/elsewhere' }).end(),
  'cuts the connection': (request) => !!request.socket.destroy(),
};

const read = (service: RunningService, token: string) =>
  sendOnce(service.url, 'GET', '/v1/profiles/me', { token });

t.test('T5 cold: 503 in under 4 s while there are no keys, and recovery by itself', async (t) => {
  for (const [how, intercept] of Object.entries(failures)) {
    t.test(`the key address ${how}`, async (t) => {
      const publisher = await startPublisher(t);
      publisher.intercept = intercept;
      const service = await startServiceInside(t, { publisher });
      t.equal((await sendOnce(service.url, 'GET', '/readyz')).status, 503, 'not ready');
      const token = accessToken(service, makePerson());
      const began = Date.now();
      const answers = await Promise.all([read(service, token), read(service, token)]);
      const took = Date.now() - began;
      for (const { status, headers, body } of answers) {
        t.match(
          { status, retry: headers.get('retry-after'), code: body.code },
          { status: 503, retry: '1', code: 'SIGNING_KEYS_UNAVAILABLE' },
        );
      }
      judgeTime(t, took, 4_000, 'answered in time');

      publisher.intercept = undefined;
      const healed = Date.now();
      while ((await sendOnce(service.url, 'GET', '/readyz')).status !== 200) {
        if (Date.now() - healed > 60_000) throw new Error('it did not recover');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      judgeTime(t, Date.now() - healed, 6_000, 'ready again');
      t.equal((await read(service, token)).status, 200);
      t.notOk(publisher.requests.includes('/elsewhere'), 'no redirect was followed');
    });
  }
});

t.test('T5 warm: no valid token is refused, seen before or not, and nobody waits', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const seen = accessToken(service, makePerson());
  await read(service, seen);
  for (const [how, intercept] of Object.entries(failures)) {
    publisher.intercept = intercept;
    const asked = publisher.requests.length;
    await clock.advance(3 * minute);
    for (let waited = 0; publisher.requests.length === asked && waited < 10_000; waited += 10) {
      await sleep(10);
    }
    t.ok(publisher.requests.length > asked, `the key address ${how}`);
    const unknown = createSigningKey();
    const { issuer } = publisher;
    const forged = mintAccessToken(unknown, { issuer, clientId, person: makePerson() });
    // It makes the service look for the key, and that fetch hangs while the others come.
    const refused = read(service, forged);
    const began = Date.now();
    t.equal((await read(service, seen)).status, 200, 'seen before');
    t.equal((await read(service, accessToken(service, makePerson()))).status, 200, 'never seen');
    const took = Date.now() - began;
    judgeTime(t, took, 1_000, 'answered at once');
    t.equal((await refused).status, 401);
  }
});

t.test('must show 3: the key address is down for 10 minutes', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const seen = accessToken(service, makePerson());
  await read(service, seen);
  publisher.intercept = (_request, response) => !!response.writeHead(503).end();
  const down = publisher.requests.length;
  let refused = 0;
  for (let second = 0; second < 600; second += 5) {
    await clock.advance(5_000);
    for (const token of [seen, accessToken(service, makePerson())]) {
      if ((await read(service, token)).status !== 200) refused++;
    }
  }
  t.equal(refused, 0, 'no valid token refused');
  t.equal((await sendOnce(service.url, 'GET', '/readyz')).status, 200, 'ready throughout');
  const attempts = publisher.requests.length - down;
  t.ok(attempts > 10 && attempts <= 61, `${attempts} attempts to fetch in 10 minutes`);

  // While it was down, one key was withdrawn and another made.
  const next = createSigningKey();
  publisher.keys = [next];
  publisher.intercept = undefined;
  await clock.advance(5 * minute);
  t.equal((await read(service, seen)).status, 401, 'the withdrawn key is refused');
  const { issuer } = publisher;
  const token = mintAccessToken(next, { issuer, clientId, person: makePerson(), scope: 'profile' });
  t.equal((await read(service, token)).status, 200, 'the new key is accepted');
});

t.test('unconfirmed keys are believed for six hours, verified tokens included', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const seen = accessToken(service, makePerson(), { expiresIn: 86_400 });
  await read(service, seen);
  t.equal((await sendOnce(service.url, 'GET', '/readyz')).status, 200);
  publisher.intercept = (_request, response) => !!response.writeHead(503).end();
  clock.skip(6 * 60 * minute - 1_000);
  t.equal((await read(service, seen)).status, 200);
  clock.skip(2_000);
  for (const token of [seen, accessToken(service, makePerson(), { expiresIn: 86_400 })]) {
    const { status, body } = await read(service, token);
    t.match({ status, code: body.code }, { status: 503, code: 'SIGNING_KEYS_UNAVAILABLE' });
  }
  t.equal(
    (await sendOnce(service.url, 'GET', '/readyz')).status,
    200,
    'no task is replaced for what its successor could not do either',
  );
  publisher.intercept = undefined;
  await clock.advance(1_000);
  t.equal((await read(service, seen)).status, 200, 'recovered');
});

t.test('an outage of the keys counts against nobody', async (t) => {
  const publisher = await startPublisher(t);
  publisher.intercept = failures['answers 500'];
  const service = await startServiceInside(t, {
    publisher,
    env: { RATE_LIMIT_PER_MINUTE: '3' },
  });
  for (let index = 0; index < 6; index++) {
    t.equal((await read(service, accessToken(service, makePerson()))).status, 503);
  }
});
