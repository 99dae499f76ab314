import { connect } from 'node:net';
import t from 'tap';
import { accessToken, idToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { sendRaw } from '../identity/raw-request.ts';

const origin = 'https://app.example.com';
const other = 'https://other.example.com:8443';
const local = 'http://localhost:*,http://127.0.0.1:*,http://[::1]:*';
/** As it is without any setting, and with origins that may call. */
const service = await startService(t);
const { engine, publisher } = service;
const open = await startService(t, {
  engine,
  publisher,
  env: { CORS_ORIGINS: `${origin},${other},${local}` },
});
const preflight = (service: RunningService, from: string, method = 'PATCH') =>
  send(service.url, 'OPTIONS', '/v1/profiles/me', {
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,if-match',
    },
  });

/** Everything a server says on a connection of its own, after exactly these bytes. */
function talk(service: RunningService, text: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer within 60 s')));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

t.test('in development any page of this machine may call', async (t) => {
  const allowed = async (from: string) =>
    (await preflight(open, from)).headers.get('access-control-allow-origin');
  for (const from of ['http://localhost', 'http://localhost:4321', 'http://127.0.0.1:5173']) {
    t.equal(await allowed(from), from);
  }
  t.equal(await allowed('http://[::1]:8080'), 'http://[::1]:8080');
  for (const from of [
    'https://localhost:4321',
    'http://localhost.evil.example',
    'http://localhost:80.evil.example',
    'http://127.0.0.1.evil.example:5173',
    'http://127x0x0x1:5173',
    'http://evil.example/http://localhost:1',
    'http://localhost:4321@evil.example',
    'null',
  ]) {
    t.equal(await allowed(from), null, from);
  }
});

t.test('browsers of the configured origins may call, and no others', async (t) => {
  const token = idToken(service, makePerson());
  for (const allowed of [origin, other]) {
    const { status, headers } = await preflight(open, allowed);
    t.equal(status, 204, 'a preflight needs no token');
    t.equal(headers.get('access-control-allow-origin'), allowed);
    t.match(headers.get('access-control-allow-methods'), /GET.*PATCH.*PUT.*POST.*DELETE/);
    t.match(headers.get('access-control-allow-headers'), /authorization.*content-type.*if-match/);
    t.equal(headers.get('access-control-max-age'), '600');
    t.match(headers.get('vary'), /origin/i);
    const read = await send(open.url, 'GET', '/v1/profiles/me', {
      token,
      headers: { origin: allowed },
    });
    t.equal(read.headers.get('access-control-allow-origin'), allowed);
    t.match(
      read.headers.get('access-control-expose-headers'),
      /etag.*retry-after.*ratelimit-limit/,
    );
    t.match(read.headers.get('vary'), /origin/i);
    const refused = await send(open.url, 'GET', '/v1/profiles/me', {
      headers: { origin: allowed },
    });
    t.equal(refused.status, 401);
    t.equal(refused.headers.get('access-control-allow-origin'), allowed, 'the page can read why');
  }
  const foreign = [
    'https://evil.example.com',
    'https://app.example.com.evil.com',
    'https://evil-app.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'null',
    '*',
  ];
  for (const from of foreign) {
    for (const answer of [
      await preflight(open, from),
      await send(open.url, 'GET', '/v1/profiles/me', { token, headers: { origin: from } }),
    ]) {
      t.equal(answer.headers.get('access-control-allow-origin'), null, from);
      t.equal(answer.headers.get('access-control-allow-credentials'), null, from);
    }
  }
});

t.test('without CORS_ORIGINS no browser page may call', async (t) => {
  for (const from of [origin, other, 'null', service.url]) {
    const { headers } = await preflight(service, from);
    t.equal(headers.get('access-control-allow-origin'), null, from);
  }
});

t.test('an OPTIONS request that is no preflight is no error in plain text', async (t) => {
  for (const headers of [{}, { origin }, { 'access-control-request-method': 'GET' }]) {
    const { status, text } = await send(open.url, 'OPTIONS', '/v1/profiles/me', { headers });
    t.match({ status, text }, { status: 204, text: '' });
  }
});

t.test('every answer carries the security headers', async (t) => {
  const token = accessToken(service, makePerson());
  const asked: [string, string, string?][] = [
    ['GET', '/v1/profiles/me', token],
    ['GET', '/v1/profiles/me'],
    ['GET', '/v1/profiles/somebody', token],
    ['GET', '/nowhere'],
    ['GET', '/livez'],
    ['GET', '/openapi.json'],
    ['GET', '/docs'],
  ];
  for (const [method, path, bearer] of asked) {
    const { status, headers } = await send(service.url, method, path, {
      ...(bearer && { token: bearer }),
    });
    const name = `${method} ${path}: ${status}`;
    t.equal(headers.get('x-content-type-options'), 'nosniff', name);
    t.match(headers.get('strict-transport-security'), /max-age=\d{7,}/, name);
    t.equal(headers.get('referrer-policy'), 'no-referrer', name);
    t.match(headers.get('x-frame-options'), /SAMEORIGIN|DENY/, name);
    t.match(headers.get('content-security-policy'), /default-src 'none'/, name);
    t.match(headers.get('content-security-policy'), /frame-ancestors 'none'/, name);
    t.equal(headers.get('x-powered-by'), null, name);
    t.equal(headers.get('server'), null, name);
    // What is said of pages stands on pages.
    const isReference = ['/openapi.json', '/docs'].includes(path);
    t.equal(headers.has('cross-origin-opener-policy'), isReference, name);
    if (path.startsWith('/v1')) t.equal(headers.get('cache-control'), 'no-store', name);
    if (path.startsWith('/v1')) {
      t.equal(
        headers.get('content-security-policy'),
        "default-src 'none';frame-ancestors 'none'",
        name,
      );
    }
  }
});

t.test('the limit is told with every answer, and how long to wait beyond it', async (t) => {
  const service = await startService(t, { engine, publisher, env: { RATE_LIMIT_PER_MINUTE: '3' } });
  const token = accessToken(service, makePerson());
  const read = () => send(service.url, 'GET', '/v1/profiles/me', { token });
  for (const left of ['2', '1', '0']) {
    const { status, headers } = await read();
    t.equal(status, 200);
    t.equal(headers.get('ratelimit-limit'), '3');
    t.equal(headers.get('ratelimit-remaining'), left);
    t.match(headers.get('ratelimit-reset'), /^([1-9]|[1-5]\d|60)$/);
    t.equal(headers.get('retry-after'), null);
  }
  const { status, headers, body } = await read();
  t.equal(status, 429);
  t.equal(headers.get('content-type'), 'application/problem+json');
  t.match(headers.get('retry-after'), /^([1-9]|[1-5]\d|60)$/);
  t.equal(headers.get('retry-after'), headers.get('ratelimit-reset'));
  t.equal(headers.get('ratelimit-remaining'), '0');
  t.match(body, {
    status: 429,
    code: 'RATE_LIMITED',
    requestId: String,
    title: String,
    type: /^urn:/,
  });
  t.equal((await send(service.url, 'GET', '/livez')).status, 200, 'health checks are not limited');
});

t.test('bodies, headers and addresses that are too large are problem documents', async (t) => {
  const token = accessToken(service, makePerson());
  const large = { token, body: JSON.stringify({ displayName: 'x'.repeat(70_000) }) };
  const body = await send(service.url, 'PATCH', '/v1/profiles/me', large);
  t.match(body, { status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
  t.equal(body.headers.get('content-type'), 'application/problem+json');
  const anonymous = await send(service.url, 'PATCH', '/v1/profiles/me', { body: large.body });
  t.equal(anonymous.status, 401, 'without a token no body is read');

  const chunk = `${(16_384).toString(16)}\r\n${'x'.repeat(16_384)}\r\n`;
  const chunked = await talk(
    service,
    `PATCH /v1/profiles/me HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`,
  );
  t.match(chunked, /^HTTP\/1\.1 413 /, 'without a stated length, too');
  t.match(chunked, /"code":"PAYLOAD_TOO_LARGE"/);

  for (const [what, head] of Object.entries({
    'a header': `GET /livez HTTP/1.1\r\nhost: a\r\nx-large: ${'x'.repeat(17_000)}\r\n\r\n`,
    'many headers': `GET /livez HTTP/1.1\r\nhost: a\r\n${'x-many: x\r\n'.repeat(4_000)}\r\n`,
    'an address': `GET /livez?${'x'.repeat(17_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  })) {
    const answer = await talk(service, head);
    t.match(answer, /^HTTP\/1\.1 431 /, `${what} of more than 16 KiB`);
    t.match(answer, /content-type: application\/problem\+json/i);
    t.match(answer, /"code":"HEADERS_TOO_LARGE"/);
  }
  const malformed = await talk(service, 'NO HTTP AT ALL\r\n\r\n');
  t.match(malformed, /^HTTP\/1\.1 400 [\s\S]*"code":"BAD_REQUEST"/);

  const inside = await sendRaw(service.url, {
    path: '/livez',
    headers: ['X-Large', 'x'.repeat(15_500)],
  });
  t.equal(inside.status, 200, 'just below the bound');
  const long = await send(service.url, 'GET', `/v1/profiles/${'x'.repeat(129)}`, { token });
  t.match(long, { status: 400, body: { code: 'VALIDATION_FAILED' } });
  const longer = await send(service.url, 'GET', `/v1/profiles/${'x'.repeat(4_000)}`, { token });
  t.match(longer, { status: 414, body: { code: 'URI_TOO_LONG' } });
  t.equal(longer.headers.get('content-type'), 'application/problem+json');
  t.notMatch(longer.text, 'xxxx', 'the address is not repeated');
  const broken = await sendRaw(service.url, { path: '/v1/profiles/%zz' });
  t.match(broken, { status: 400, text: /"code":"BAD_REQUEST"/ });
  t.equal(broken.headers['content-type'], 'application/problem+json');
});
