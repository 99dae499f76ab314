import { connect } from 'node:net';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { sendPicture, startPictures } from './start-pictures.ts';

const { service } = await startPictures(t, { env: { RATE_LIMIT_PER_MINUTE: '400' } });
const { url } = service;
const path = '/v1/profiles/me/avatar';
const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
  .png()
  .toBuffer();

/** Sends the head of an upload and none of its body. */
function begin(t: Test, token: string, length: number) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  return { socket, text: () => text };
}

t.test('of one caller two are held, and others are not kept out', async (t) => {
  const token = accessToken(service, makePerson());
  const slow = [begin(t, token, bytes.length), begin(t, token, bytes.length)];
  let status = 0;
  // Until both have arrived at the service.
  while (status !== 503) {
    const response = await fetch(`${url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: 'no picture',
    });
    status = response.status;
    if (status !== 503) t.equal(status, 415);
    else t.equal(response.headers.get('retry-after'), '1');
    await response.text();
  }
  const other = accessToken(service, makePerson());
  const taken = await sendPicture(url, 'PUT', path, { token: other, bytes });
  t.equal(taken.status, 200);
  for (const { socket } of slow) socket.write(bytes);
  while (slow.some(({ text }) => !text().includes('HTTP/1.1'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const { text } of slow) t.match(text(), /^HTTP\/1\.1 (200|503) /);
  const next = await sendPicture(url, 'PUT', path, { token, bytes });
  t.equal(next.status, 200, 'and when they are gone there is room again');
});

t.test('a body is not waited for where the caller, or its size, is refused', async (t) => {
  const refusals: [string, number, RegExp][] = [
    ['bad.token.here', 1_000, /^HTTP\/1\.1 401 /],
    [machineToken(service), 1_000, /^HTTP\/1\.1 403 /],
    [accessToken(service, makePerson()), 1024 * 1024 + 1, /^HTTP\/1\.1 413 /],
  ];
  for (const [token, length, status] of refusals) {
    const { text } = begin(t, token, length);
    while (text() === '') await new Promise((resolve) => setTimeout(resolve, 20));
    t.match(text(), status);
  }
  const { status, body } = await send(url, 'PATCH', '/v1/profiles/me', {
    token: accessToken(service, makePerson()),
    body: { displayName: 'x'.repeat(70_000) },
  });
  t.match([status, body.code], [413, 'PAYLOAD_TOO_LARGE'], 'other routes have their own limit');
});

t.test('an upload counts as 20 requests of its caller', async (t) => {
  const token = accessToken(service, makePerson());
  for (let at = 0; at < 20; at++) {
    const { status } = await sendPicture(url, 'PUT', path, { token, bytes: Buffer.from('no') });
    t.equal(status, 415);
  }
  const over = await sendPicture(url, 'PUT', path, { token, bytes: Buffer.from('no') });
  t.match([over.status, over.body.code], [429, 'RATE_LIMITED']);
  t.equal(
    (await send(url, 'GET', '/v1/profiles/me', { token })).status,
    200,
    'other requests go on',
  );
});

t.test('the schema and the contract tell who can upload, where anybody can', async (t) => {
  const off = await startService(t, { publisher: service.publisher, engine: service.engine });
  const token = accessToken(service, makePerson());
  const tellsOf = async (at: string) => {
    const schema = await send(at, 'GET', '/v1/schema', { token });
    const contract = await send(at, 'GET', '/openapi.json');
    return [/"x-picture":true/.test(schema.text), contract.text.includes(path)];
  };
  t.strictSame(await tellsOf(url), [true, true]);
  t.strictSame(await tellsOf(off.url), [false, false]);
  for (const method of ['PUT', 'DELETE']) {
    const answer = await sendPicture(off.url, method, path, { token });
    t.match([answer.status, answer.body.code], [404, 'ROUTE_NOT_FOUND'], `${method}, off`);
  }
});
