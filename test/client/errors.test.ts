import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import {
  ConnectionError,
  createMachineToken,
  createProfileClient,
  NoTokenError,
} from '../../client/src/index.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { findFreePort } from '../helper/free-port.ts';
import { startService } from '../helper/start-service.ts';
import { startFront } from './front.ts';

const service = await startService(t);

t.test('without a token nothing is sent, and the error says so', async (t) => {
  const front = await startFront(t, service.url);
  for (const token of [() => undefined, () => null, () => '', async () => undefined]) {
    const client = createProfileClient({ baseUrl: front.url, token });
    const error: unknown = await client
      .findProfilesByEmail('ada@example.com')
      .catch((error: unknown) => error);
    t.ok(error instanceof NoTokenError);
    t.match(error, {
      name: 'NoTokenError',
      message: `No token: the token option returned nothing, so GET ${front.url}/v1/profiles was not sent`,
    });
  }
  t.equal(front.requests.length, 0);
});

t.test('a token that is refused with no other to send is told as refused', async (t) => {
  const past = Math.floor(Date.now() / 1000) - 3_600;
  const expired = accessToken(service, makePerson(), { issuedAt: past, expiresIn: 60 });
  const client = createProfileClient({
    baseUrl: service.url,
    token: (refused) => (refused ? undefined : expired),
  });
  await t.rejects(client.getMyProfile(), { code: 'TOKEN_INVALID', status: 401 });
});

t.test('an address where nobody answers is named, without what was looked for', async (t) => {
  const baseUrl = `http://127.0.0.1:${await findFreePort()}`;
  const client = createProfileClient({ baseUrl, token: () => 'token' });
  const error: unknown = await client
    .findProfilesByEmail('ada@example.com')
    .catch((error: unknown) => error);
  t.ok(error instanceof ConnectionError);
  t.match(error, { name: 'ConnectionError', url: `${baseUrl}/v1/profiles`, cause: TypeError });
  t.match(String(error), new RegExp(`GET ${baseUrl}/v1/profiles had no answer: .*ECONNREFUSED`));
  t.notMatch(String(error), 'ada');

  const unknown = createProfileClient({ baseUrl: 'http://no-such.invalid', token: () => 'token' });
  await t.rejects(unknown.getMyProfile(), { message: /no-such\.invalid\/v1\/profiles\/me had no/ });
  const tokenEndpoint = `${baseUrl}/oauth2/token`;
  const machine = createMachineToken({ tokenEndpoint, clientId: 'a', clientSecret: 'b' });
  await t.rejects(Promise.resolve(machine()), { name: 'ConnectionError', url: tokenEndpoint });
});

t.test('a token endpoint that answers with something else is named', async (t) => {
  const front = await startFront(t, service.url);
  const tokenEndpoint = `${front.url}/oauth2/token`;
  const token = createMachineToken({ tokenEndpoint, clientId: 'a', clientSecret: 'b' });
  const bodies = ['', '<h1>Welcome</h1>', 'null', '[]', '7', '"a token"', '{}'];
  bodies.push('{"access_token":7}', '{"access_token":""}', '{"error":{"code":"a fault"}}');
  for (const status of [200, 400]) {
    for (const body of bodies) {
      front.answer = (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
        return true;
      };
      const told = {
        name: 'TokenRequestError',
        message: `The token endpoint ${tokenEndpoint} answered ${status} without a token`,
        status,
        code: undefined,
      };
      await t.rejects(Promise.resolve(token()), told, `${status} ${body}`);
    }
  }
});

t.test('an abort is told as an abort, not as a wrong address', async (t) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createProfileClient({ baseUrl, token: () => 'token' });
  const controller = new AbortController();
  server.once('request', () => controller.abort(new Error('gone home')));
  await t.rejects(client.getMyProfile({ signal: controller.signal }), { message: 'gone home' });
});

t.test('an address where something else answers is named', async (t) => {
  const front = await startFront(t, service.url);
  const client = createProfileClient({ baseUrl: front.url, token: () => 'token' });
  const page = '<h1>Welcome</h1>';
  const answers: [number, string, string][] = [
    [200, 'text/html', page],
    [404, 'text/html', page],
    [502, 'text/html', page],
    [200, 'application/json', page],
    [200, 'application/json', ''],
    [200, 'application/json', 'null'],
    [200, 'application/json', '"Welcome"'],
    [304, 'application/json', ''],
    [204, 'application/json', ''],
  ];
  for (const [status, type, body] of answers) {
    front.answer = (_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
      return true;
    };
    const told = {
      name: 'ProfileServiceError',
      code: 'UNEXPECTED_ANSWER',
      status,
      message: `${front.url}/v1/profiles/me answered ${status}, and not as the profile service does: is baseUrl right?`,
    };
    await t.rejects(client.getMyProfile(), told, `${status} ${type} ${body}`);
    await t.rejects(client.getPerson(randomUUID()), { code: told.code, status });
    if (status === 204) continue;
    await t.rejects(client.eraseMyProfile(), told, `an erasure, ${status} ${type} ${body}`);
  }
});
