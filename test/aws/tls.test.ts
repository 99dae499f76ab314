import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { makeCertificate } from '../helper/certificate.ts';
import { sendOnce } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

/** The table as AWS has it, behind TLS; what is trusted is asked for by the name of the certificate alone. */
t.test('a table behind TLS is read and written over few connections', async (t) => {
  const engine = await startDynalite(t);
  const certificate = makeCertificate();
  const file = `${t.testdir()}/certificate.pem`;
  writeFileSync(file, certificate.cert);
  const sockets: TLSSocket[] = [];
  const server = createServer(certificate, (socket) => {
    sockets.push(socket);
    const behind = connect(Number(new URL(engine.endpoint).port), '127.0.0.1');
    for (const [from, to] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const service = await startService(t, {
    engine: { ...engine, endpoint: `https://localhost:${port}` },
    env: { NODE_EXTRA_CA_CERTS: file },
  });

  const person = makePerson();
  const token = accessToken(service, person);
  const displayName = 'Zoë 😀'.repeat(20);
  for (let time = 1; time <= 10; time++) {
    const body = { displayName, preferences: { time } };
    const patched = await sendOnce(service.url, 'PATCH', '/v1/profiles/me', { token, body });
    t.equal(patched.status, 200);
    const read = await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
    t.match(read, { status: 200, body });
  }
  t.ok(sockets.length < 10, `${sockets.length} connections for ${2 * 10} requests`);
  t.ok(sockets.every((socket) => socket.getProtocol() === 'TLSv1.3'));

  // A table is restarted, or moves: its connections end.
  for (const socket of sockets.splice(0)) socket.end();
  const again = await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
  t.match(again, { status: 200, body: { displayName } });
});

t.test('a certificate that nobody vouches for is not talked to', async (t) => {
  const engine = await startDynalite(t);
  let requests = 0;
  const server = createServer(makeCertificate(), (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => requests++);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const service = await startService(t, {
    engine: { ...engine, endpoint: `https://localhost:${port}` },
    env: { LOG_LEVEL: 'fatal' },
  });
  const token = accessToken(service, makePerson());
  const read = await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
  t.match(read, { status: 503, body: { code: 'STORE_UNAVAILABLE' } });
  t.equal(requests, 0);
});
