import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Person } from '../../local-cognito/person.ts';
import { sdkScope } from '../../local-cognito/tokens.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { startRelay } from '../helper/relay.ts';
import { sendOnce } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createSimulatedClock } from './simulated-clock.ts';

const me = '/v1/profiles/me';
const nowSeconds = () => Math.floor(Date.now() / 1000);
const throttled = {
  status: 400,
  body: { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
};

const relay = await startRelay(t, await startDynalite(t));
const service = await startService(t, { engine: relay });

/** A token of a sign-in that Cognito is asked about. */
function askedAbout(service: RunningService, person: ReturnType<typeof makePerson>, authTime = 0) {
  const token = accessToken(service, person, { scope: sdkScope, authTime });
  service.publisher.attributes.set(token, { sub: person.sub, given_name: 'Cognito' });
  return token;
}

/** Holds Cognito's answers back until `release`; tells when the first question came. */
function holdCognito(t: Test) {
  const { publisher } = service;
  let release = () => {};
  let arrive = () => {};
  const asked = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  publisher.intercept = (request, response) => {
    if (request.url?.endsWith('jwks.json')) return false;
    arrive();
    held.then(() => response.writeHead(400).end('{"__type":"NotAuthorizedException"}'));
    return true;
  };
  t.teardown(() => {
    publisher.intercept = undefined;
  });
  return { asked, release };
}

/** Somebody whose profile exists. */
async function start(t: Test): Promise<Person> {
  const person = makePerson();
  const token = accessToken(service, person, { authTime: nowSeconds() - 60 });
  t.equal((await sendOnce(service.url, 'GET', me, { token })).status, 200);
  return person;
}

t.test('what joins a refresh under way answers what was acknowledged before it', async (t) => {
  const person = await start(t);
  const token = askedAbout(service, person, nowSeconds() - 30);
  const cognito = holdCognito(t);
  const first = sendOnce(service.url, 'GET', me, { token });
  await cognito.asked;
  const patched = await sendOnce(service.url, 'PATCH', `/v1/profiles/${person.sub}`, {
    token: machineToken(service),
    body: { displayName: 'Patched' },
  });
  t.equal(patched.status, 200);
  const second = sendOnce(service.url, 'GET', me, { token });
  await sleep(100);
  cognito.release();
  t.match((await second).body, { displayName: 'Patched', version: 2 });
  t.equal((await first).status, 200);
});

t.test('what joins a refresh under way does not answer what was erased', async (t) => {
  const person = await start(t);
  const token = askedAbout(service, person, nowSeconds() - 30);
  const cognito = holdCognito(t);
  const first = sendOnce(service.url, 'GET', me, { token });
  await cognito.asked;
  const erased = await sendOnce(service.url, 'DELETE', `/v1/profiles/${person.sub}`, {
    token: machineToken(service),
  });
  t.equal(erased.status, 204);
  const second = sendOnce(service.url, 'GET', me, { token });
  await sleep(100);
  cognito.release();
  t.match(await second, { status: 410, body: { code: 'PROFILE_ERASED' } });
  await first;
});

t.test('a sign-in after an erasure is not refused for an older one beside it', async (t) => {
  const person = makePerson();
  const old = askedAbout(service, person, nowSeconds() - 60);
  const cognito = holdCognito(t);
  const first = sendOnce(service.url, 'GET', me, { token: old });
  await cognito.asked;
  const erasure = accessToken(service, person, { authTime: nowSeconds() - 60 });
  t.equal((await sendOnce(service.url, 'DELETE', me, { token: erasure })).status, 204);
  const fresh = accessToken(service, person, { authTime: nowSeconds() + 2 });
  const second = sendOnce(service.url, 'GET', me, { token: fresh });
  t.match(await second, { status: 200, body: { version: 2 } });
  cognito.release();
  t.equal((await first).status, 410);
});

t.test('an erasure holds for a sign-in whose clock is ahead', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person, { authTime: nowSeconds() + 4 });
  t.equal((await sendOnce(service.url, 'GET', me, { token })).status, 200);
  t.equal((await sendOnce(service.url, 'DELETE', me, { token })).status, 204);
  for (const method of ['GET', 'DELETE']) {
    t.match(await sendOnce(service.url, method, me, { token }), { status: 410 }, method);
  }
  // As an identity that was read with such a clock shows, of an erasure by a service.
  const other = makePerson({ givenName: 'Ada' });
  const ahead = idToken(service, other, { authTime: nowSeconds() + 4, issuedAt: nowSeconds() + 4 });
  t.equal((await sendOnce(service.url, 'GET', me, { token: ahead })).status, 200);
  const byId = `/v1/profiles/${other.sub}`;
  const token2 = machineToken(service);
  t.equal((await sendOnce(service.url, 'DELETE', byId, { token: token2 })).status, 204);
  t.match(await sendOnce(service.url, 'GET', me, { token: ahead }), { status: 410 });
});

t.test('an erasure neither makes a profile nor asks Cognito', async (t) => {
  const earlier = { questions: service.publisher.requests.length, calls: relay.calls.length };
  const person = makePerson();
  const questions = () =>
    service.publisher.requests
      .slice(earlier.questions)
      .filter((path) => !path.endsWith('jwks.json'));
  const erase = async (authTime: number) => {
    const token = askedAbout(service, person, authTime);
    t.equal((await sendOnce(service.url, 'DELETE', me, { token })).status, 204);
    t.equal((await sendOnce(service.url, 'GET', me, { token })).status, 410);
  };
  await erase(nowSeconds() - 60);
  await erase(nowSeconds() + 1);
  t.strictSame(questions(), []);
  const puts = relay.calls.slice(earlier.calls).filter(({ operation }) => operation === 'PutItem');
  t.equal(puts.length, 2);
  t.ok(
    puts.every(({ input }) => input.Item.expiresAt && !input.Item.updatedAt),
    'tombstones alone',
  );
});

t.test(
  'while only writes are throttled, a new sign-in reads the profile that is there',
  async (t) => {
    const relay = await startRelay(t, await startDynalite(t));
    const clock = createSimulatedClock();
    const service = await startServiceInside(t, { engine: relay, clock });
    const person = makePerson({ givenName: 'Ada' });
    const visit = (givenName: string, issuedAt: number) =>
      sendOnce(service.url, 'GET', me, {
        token: idToken(service, { ...person, givenName }, { issuedAt }),
      });
    t.equal((await visit('Ada', nowSeconds() - 9)).status, 200);
    const isWrite = (operation: string) => /^(Put|Update)/.test(operation);
    let refused = 0;
    relay.intercept = ({ operation }) => {
      if (!isWrite(operation)) return undefined;
      refused++;
      return throttled;
    };
    t.match(await visit('Augusta', nowSeconds() - 8), { status: 200, body: { givenName: 'Ada' } });
    const asked = refused;
    t.ok(asked > 0);
    t.match(await visit('Augusta', nowSeconds() - 8), { status: 200, body: { givenName: 'Ada' } });
    t.equal(refused, asked, 'and leaves the table alone for a while');
    // Nothing to change, and only the moment to note.
    const token = askedAbout(service, person, nowSeconds() + 1);
    service.publisher.attributes.set(token, { sub: person.sub, given_name: 'Ada' });
    clock.skip(30_000);
    t.match(await sendOnce(service.url, 'GET', me, { token }), { status: 200 });
    relay.intercept = undefined;
    clock.skip(30_000);
    t.match(await visit('Augusta', nowSeconds() - 8), {
      body: { givenName: 'Augusta', version: 2 },
    });
  },
);
