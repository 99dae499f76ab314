import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import t from 'tap';
import { serializeError } from '../../src/telemetry/error-serializer.ts';
import { throttling } from '../faults/relay.ts';
import { startBehindRelay } from '../faults/start-behind-relay.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendOnce } from '../helper/request.ts';
import type { RunningService } from '../helper/start-service.ts';

/** A hundred of each kind; `npm run test:long` sends more. */
const total = Number(process.env.LOGGED_REQUESTS ?? 1_700);
/** Names that appear nowhere else, so that finding one means that it leaked. */
const givenName = 'Zephyrine';
const familyName = 'Quixworth';
const mailHost = 'leaky.example';

type Kind = (service: RunningService, machine: string) => Promise<number>;

function makeSomebody() {
  return makePerson({
    givenName,
    familyName,
    name: `${givenName} ${familyName}`,
    email: `${givenName}.${randomUUID()}@${mailHost}`,
  });
}

/** Tokens are dear to make: most requests come from people who were here before. */
const regulars: string[] = [];
let expired = '';
function borrowToken(service: RunningService): string {
  if (regulars.length < 30) regulars.push(accessToken(service, makeSomebody()));
  return regulars[Math.floor(Math.random() * regulars.length)] ?? '';
}

async function statusOf(answer: ReturnType<typeof sendOnce>): Promise<number> {
  return (await answer).status;
}

/** Bytes that are no HTTP, with an address among them. */
function sendGarbage(url: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve(400));
    socket.on('data', () => socket.destroy());
    socket.write(`GET /v1/profiles?email=${givenName}@${mailHost} HTTX/9\r\n${familyName}\r\n\r\n`);
  });
}

const kinds: Record<string, Kind> = {
  'a first sign-in by ID token': (service) =>
    statusOf(
      sendOnce(service.url, 'GET', '/v1/profiles/me', { token: idToken(service, makeSomebody()) }),
    ),
  'a first sign-in that asks Cognito': (service) => {
    const token = accessToken(service, makeSomebody(), { scope: 'aws.cognito.signin.user.admin' });
    return statusOf(sendOnce(service.url, 'GET', '/v1/profiles/me', { token }));
  },
  'a patch with names': async (service) => {
    const token = borrowToken(service);
    const body = { givenName, familyName, preferences: { [familyName]: `x@${mailHost}` } };
    return statusOf(sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body }));
  },
  'an export': async (service) => {
    const token = borrowToken(service);
    return statusOf(sendOnce(service.url, 'GET', '/v1/profiles/me/export', { token }));
  },
  'a lookup by e-mail': (service, machine) =>
    statusOf(
      sendOnce(service.url, 'GET', `/v1/profiles?email=${givenName}%40${mailHost}`, {
        token: machine,
      }),
    ),
  'a malformed lookup': (service, machine) =>
    statusOf(
      sendOnce(service.url, 'GET', `/v1/profiles?email=${givenName}@${mailHost}&x=${familyName}`, {
        token: machine,
      }),
    ),
  'an address in a path that is none': (service) =>
    statusOf(sendOnce(service.url, 'GET', `/users/${givenName}@${mailHost}`)),
  'an address as a user id': (service, machine) =>
    statusOf(
      sendOnce(service.url, 'GET', `/v1/profiles/${givenName}@${mailHost}`, { token: machine }),
    ),
  "a path that can't be decoded": (service, machine) =>
    statusOf(
      sendOnce(service.url, 'GET', `/v1/profiles/${givenName}@${mailHost}%zz`, { token: machine }),
    ),
  'a spoiled token': (service) => {
    const token = `${borrowToken(service).slice(0, -20)}${familyName.padEnd(20, 'x')}`;
    return statusOf(sendOnce(service.url, 'GET', '/v1/profiles/me', { token }));
  },
  'an expired token': (service) => {
    expired ||= accessToken(service, makeSomebody(), { expiresIn: -600 });
    return statusOf(sendOnce(service.url, 'GET', '/v1/profiles/me', { token: expired }));
  },
  'a token that is none': (service) =>
    statusOf(
      sendOnce(service.url, 'GET', '/v1/profiles/me', { token: `${givenName}@${mailHost}` }),
    ),
  'a body that is no JSON': (service) => {
    const token = borrowToken(service);
    const body = `{"givenName": "${givenName}, "email": ${familyName}@${mailHost}`;
    return statusOf(sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body }));
  },
  'a body with a field that is not theirs': (service) => {
    const token = borrowToken(service);
    const body = { email: `${givenName}@${mailHost}`, [familyName]: 1 };
    return statusOf(sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body }));
  },
  'a body of a wrong type': (service, machine) =>
    statusOf(
      sendOnce(service.url, 'PUT', `/v1/profiles/${randomUUID()}`, {
        token: machine,
        body: { givenName: [givenName], email: `${familyName} at ${mailHost}` },
        headers: { 'if-none-match': '*' },
      }),
    ),
  'a profile made twice': async (service, machine) => {
    const path = `/v1/profiles/${randomUUID()}`;
    const body = { givenName, email: `${givenName}@${mailHost}` };
    const options = { token: machine, body, headers: { 'if-none-match': '*' } };
    await sendOnce(service.url, 'PUT', path, options);
    return statusOf(sendOnce(service.url, 'PUT', path, options));
  },
  'no HTTP at all': ({ url }) => sendGarbage(url),
};

t.test(
  'the log of thousands of requests of every kind has no token, address or name',
  async (t) => {
    const { relay, service } = await startBehindRelay(t, { env: { LOG_LEVEL: 'trace' } });
    const machine = machineToken(service);
    const all = Object.entries(kinds);
    const statuses = new Map<number, number>();
    let sent = 0;

    async function runClient(): Promise<void> {
      while (sent < total) {
        const [, kind] = all[sent++ % all.length] as (typeof all)[number];
        const status = await kind(service, machine);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    const clients = Promise.all(Array.from({ length: 12 }, runClient));
    // Twice in between the table has its troubles, which are logged with their causes.
    while (sent < total / 3) await new Promise((resolve) => setTimeout(resolve, 20));
    await relay.set(throttling);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await relay.set({ kind: 'cutAnswer' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await relay.set({ kind: 'none' });
    await clients;

    const log = await service.readLog();
    t.ok(log.length >= total * 0.9, `${log.length} lines of ${sent} requests`);
    for (const status of [200, 400, 401, 404, 412, 503]) {
      t.ok(statuses.get(status), `some were answered ${status}`);
    }
    const text = log.join('\n');
    const find = (pattern: RegExp) => log.filter((line) => pattern.test(line)).slice(0, 3);
    t.same(find(/[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/), [], 'no token');
    t.same(find(/eyJ[\w-]{8,}/), [], 'no part of one');
    // A stack names packages: node_modules/@scope.
    t.same(find(/(?<!node_modules\/)@|%40|leaky\.example/i), [], 'no e-mail address');
    t.same(find(new RegExp(`${givenName}|${familyName}`, 'i')), [], 'no name');
    t.match(text, /"msg":"request failed"/, 'faults were logged');
  },
);

t.test('an error is logged by what is known to be harmless', async (t) => {
  const secret = `${givenName}@${mailHost}`;
  const quoting = [
    Object.assign(new Error(`The value ${secret} is wrong`), { name: 'ValidationException' }),
    Object.assign(new Error('Failed'), { Item: { email: { S: secret } }, body: secret }),
    new SyntaxError(`Unexpected token, "${secret}" is not valid JSON`),
    new TypeError(`Can't read "${secret}"`),
    Object.assign(new Error(`[{"received": "${secret}"}]`), { name: 'ZodError' }),
    new Error('outer', { cause: new Error(`inner ${secret}`) }),
  ];
  for (const error of quoting) {
    const logged = JSON.stringify(serializeError(error));
    t.notMatch(logged, secret, logged.slice(0, 80));
    t.match(logged, /"stack":" +at /, 'and still says where it happened');
  }
  t.match(
    serializeError(
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8000'), { code: 'ECONNREFUSED' }),
    ),
    {
      type: 'Error',
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 127.0.0.1:8000',
    },
  );
  t.same(serializeError(secret), { type: 'string' }, 'what is thrown and no error stays unsaid');
});
