import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type ConnectionPoolOptions, createConnectionPool } from '../../src/aws/connection-pool.ts';

const answerOf = (body: string, headers = '') =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

/** A server that answers as the test says, and a pool of connections to it. */
async function start(
  t: Test,
  onRequest: (socket: Socket, text: string) => void,
  options: Partial<ConnectionPoolOptions> = {},
) {
  const sockets: Socket[] = [];
  const texts: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      texts.push(bytes.toString());
      onRequest(socket, bytes.toString());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = createConnectionPool({
    origin,
    connectTimeoutMs: 500,
    idleMs: 30_000,
    maxConnections: 8,
    ...options,
  });
  t.teardown(() => {
    pool.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const ask = (
    body = '',
    { timeoutMs = 5_000, call }: { timeoutMs?: number; call?: AbortSignal } = {},
  ) => pool.request({ method: 'POST', path: '/', headers: 'a: b\r\n', body }, { timeoutMs, call });
  const open = () => sockets.filter((socket) => !socket.destroyed).length;
  return { pool, ask, sockets, texts, open };
}

const waitUntil = async (holds: () => boolean) => {
  while (!holds()) await sleep(5);
};
/** Does this to a server's socket, and waits until the pool has closed its own. */
const closedBy = async (socket: Socket | undefined, act: (socket: Socket) => unknown) => {
  if (!socket) throw new Error('Nobody is connected');
  const closed = once(socket, 'close');
  act(socket);
  await closed;
};
const bodyOf = (text: string) => text.split('\r\n\r\n')[1] ?? '';
const echo = (socket: Socket, text: string) => socket.write(answerOf(bodyOf(text)));

t.test(
  'a request is what was asked, over one connection as long as they come one by one',
  async (t) => {
    const { ask, pool, sockets, texts } = await start(t, echo);
    for (const body of ['one', 'two']) t.equal((await ask(body)).body.toString(), body);
    await pool.request(
      { method: 'GET', path: '/a?b=c', headers: '' },
      { timeoutMs: 5_000, call: undefined },
    );
    t.equal(sockets.length, 1);
    const [first, , last] = texts;
    t.match(
      first,
      /^POST \/ HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nconnection: keep-alive\r\na: b\r\ncontent-length: 3\r\n\r\none$/,
    );
    t.match(
      last,
      /^GET \/a\?b=c HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nconnection: keep-alive\r\n\r\n$/,
    );
  },
);

t.test('a body has its length in bytes', async (t) => {
  const { ask, texts } = await start(t, (socket) => socket.write(answerOf('')));
  await ask('Zoë 😀');
  t.match(texts[0], /content-length: 9\r\n\r\nZoë 😀$/);
});

t.test('no more connections than it may have, and whoever waits has its turn', async (t) => {
  const { ask, sockets } = await start(
    t,
    (socket, text) => setTimeout(() => echo(socket, text), 5),
    { maxConnections: 3 },
  );
  const bodies = Array.from({ length: 30 }, (_, number) => `body ${number}`);
  const answers = await Promise.all(bodies.map((body) => ask(body)));
  t.strictSame(
    answers.map(({ body }) => body.toString()),
    bodies,
  );
  t.equal(sockets.length, 3);
});

t.test('a connection is left when the server says so', async (t) => {
  const { ask, sockets } = await start(t, (socket) =>
    socket.write(answerOf('ok', 'connection: close\r\n')),
  );
  for (let time = 0; time < 2; time++) t.equal((await ask()).body.toString(), 'ok');
  t.equal(sockets.length, 2);
});

t.test('one that the server has closed, or keeps for a second only, is used no more', async (t) => {
  const closing = await start(t, echo);
  await closing.ask('one');
  await closedBy(closing.sockets[0], (socket) => socket.end());
  t.equal((await closing.ask('two')).body.toString(), 'two');
  t.equal(closing.sockets.length, 2);

  const brief = await start(t, (socket) =>
    socket.write(answerOf('', 'Keep-Alive: timeout=1, max=9\r\n')),
  );
  await brief.ask();
  await brief.ask();
  t.equal(brief.sockets.length, 2);
});

t.test('one that nobody uses is closed', async (t) => {
  const { ask, open, sockets } = await start(t, echo, { idleMs: 10 });
  await Promise.all([ask('one'), ask('two')]);
  t.equal(sockets.length, 2);
  await waitUntil(() => open() === 0);
});

t.test('what comes unasked is no answer to what is asked next', async (t) => {
  const { ask, sockets } = await start(t, echo);
  await ask('one');
  await closedBy(sockets[0], (socket) => socket.write(answerOf('of another')));
  t.equal((await ask('two')).body.toString(), 'two');
  t.equal(sockets.length, 2);
});

t.test(
  'an answer given up leaves its connection, so that it is no answer to another',
  async (t) => {
    const { ask, sockets, open } = await start(t, (socket, text) => {
      const isSlow = bodyOf(text) === 'slow';
      setTimeout(() => echo(socket, text), isSlow ? 300 : 0);
    });
    const late = { name: 'TimeoutError', message: /did not answer within 50 ms/ };
    await t.rejects(ask('slow', { timeoutMs: 50 }), late);
    const controller = new AbortController();
    const left = ask('slow', { call: controller.signal });
    setTimeout(() => controller.abort(new Error('nobody waits')), 50);
    await t.rejects(left, { name: 'AbortError' });
    t.equal((await ask('quick')).body.toString(), 'quick');
    t.equal(sockets.length, 3);
    await waitUntil(() => open() === 1);
  },
);

t.test('who gives up while waiting is not asked for', async (t) => {
  const { ask, texts } = await start(
    t,
    (socket, text) => setTimeout(() => echo(socket, text), 200),
    { maxConnections: 1 },
  );
  const first = ask('first');
  await t.rejects(ask('second', { timeoutMs: 50 }), { name: 'TimeoutError' });
  await t.rejects(ask('none', { call: AbortSignal.abort() }), { name: 'AbortError' });
  await first;
  await ask('third');
  t.strictSame(texts.map(bodyOf), ['first', 'third']);
});

t.test('whoever comes after one who gave up has a connection opened of their own', async (t) => {
  // Behind TLS, of which this server says nothing.
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bounds = { connectTimeoutMs: 400, idleMs: 30_000, maxConnections: 3 };
  const pool = createConnectionPool({ origin, ...bounds });
  t.teardown(() => {
    pool.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const ask = (timeoutMs: number) =>
    pool.request({ method: 'GET', path: '/', headers: '' }, { timeoutMs, call: undefined });
  await t.rejects(ask(200), { name: 'TimeoutError', message: /within 200 ms/ });
  t.equal(sockets.length, 1);
  const began = performance.now();
  const second = ask(2_000).catch((error: unknown) => error);
  await waitUntil(() => sockets.length === 2);
  t.match(await second, { name: 'TimeoutError', message: /within 400 ms/ });
  t.ok(performance.now() - began >= 399, 'not with the opening of the one before');
});

t.test('where there is no answer, another attempt makes sense', async (t) => {
  const breaking = await start(t, (socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
  );
  await t.rejects(breaking.ask(), { name: 'RequestTimeout' });
  const resetting = await start(t, (socket) => socket.resetAndDestroy());
  await t.rejects(resetting.ask(), { code: 'ECONNRESET' });
  const { pool, ask } = await start(t, echo);
  pool.destroy();
  await t.rejects(ask(), /closed/);
  const nobody = createConnectionPool({
    origin: 'http://127.0.0.1:1',
    connectTimeoutMs: 500,
    idleMs: 1_000,
    maxConnections: 1,
  });
  const request = { method: 'GET', path: '/', headers: '' } as const;
  for (let time = 0; time < 3; time++) {
    await t.rejects(nobody.request(request, { timeoutMs: 1_000, call: undefined }), {
      code: 'ECONNREFUSED',
    });
  }
});

t.test(
  'what is no answer of HTTP ends the call and its connection, not the next call',
  async (t) => {
    let isFirst = true;
    const { ask, sockets } = await start(t, (socket, text) => {
      if (isFirst) socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n');
      else echo(socket, text);
      isFirst = false;
    });
    await t.rejects(ask('one'), /no answer of HTTP/);
    t.equal((await ask('two')).body.toString(), 'two');
    t.equal(sockets.length, 2);
  },
);

t.test('its end ends what is under way and what waits', async (t) => {
  const { ask, pool, open } = await start(t, () => {}, { maxConnections: 1 });
  const calls = [ask('under way'), ask('waiting')];
  const ended = Promise.all(calls.map((call) => t.rejects(call)));
  await waitUntil(() => open() === 1);
  pool.destroy();
  await ended;
  await waitUntil(() => open() === 0);
});
