import { METHODS } from 'node:http';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { readMetric } from '../helper/metrics.ts';
import { type RunningService, startService } from '../helper/start-service.ts';

interface RawAnswer {
  readonly status: number;
  readonly headers: Map<string, string>;
  readonly body: string;
}

/** What the service says to exactly these bytes; the connection closes after it. */
async function talk(service: RunningService, text: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname, () => socket.write(text));
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const [line = '', ...rest] = head.split('\r\n');
  const headers = rest.map((each): [string, string] => {
    const colon = each.indexOf(':');
    return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()];
  });
  return { status: Number(line.split(' ')[1]), headers: new Map(headers), body };
}

const request = (line: string, headers = 'host: a\r\n') =>
  `${line} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`;

function isProblem(t: Test, { status, headers, body }: RawAnswer, name: string): string {
  t.equal(headers.get('content-type'), 'application/problem+json', name);
  t.equal(headers.get('x-content-type-options'), 'nosniff', name);
  t.match(headers.get('content-security-policy'), /default-src 'none'/, name);
  t.match(headers.get('strict-transport-security'), /max-age/, name);
  t.equal(headers.get('cache-control'), 'no-store', name);
  const problem = JSON.parse(body);
  t.match(problem, { status, type: /^urn:/, title: String, code: String }, name);
  t.equal(problem.requestId, headers.get('x-request-id'), name);
  return problem.requestId;
}

const service = await startService(t);
const { engine, publisher } = service;

t.test('every layer refuses alike: request id, headers, log line and metric', async (t) => {
  const refused: [string, string, number, string][] = [
    ['no route', request('GET /nothing'), 404, 'ROUTE_NOT_FOUND'],
    ['no route of the API', request('GET /v1/nothing'), 404, 'ROUTE_NOT_FOUND'],
    ['no method of a route', request('POST /v1/profiles/me'), 404, 'ROUTE_NOT_FOUND'],
    ['no URL', request('GET /v1/profiles/%zz'), 400, 'BAD_REQUEST'],
    ['a long segment', request(`GET /v1/profiles/${'x'.repeat(2_000)}`), 414, 'URI_TOO_LONG'],
    ['no host', request('GET /livez', ''), 400, 'BAD_REQUEST'],
    ['no host, no route', request('GET /nothing', ''), 400, 'BAD_REQUEST'],
    ['two hosts', request('GET /livez', 'host: a\r\nHOST: b\r\n'), 400, 'BAD_REQUEST'],
    ['a host twice', request('GET /livez', 'host: a\r\nhost: a\r\n'), 400, 'BAD_REQUEST'],
    ['no path', request('GET *'), 404, 'ROUTE_NOT_FOUND'],
    ['an asterisk for a slash', request('GET *livez'), 404, 'ROUTE_NOT_FOUND'],
    ['no HTTP', 'NO HTTP AT ALL\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'large headers',
      request('GET /livez', `x: ${'x'.repeat(17_000)}\r\n`),
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['CONNECT', request('CONNECT a:443'), 404, 'ROUTE_NOT_FOUND'],
  ];
  for (const [name, text, status, code] of refused) {
    const answer = await talk(service, text);
    t.equal(answer.status, status, name);
    const requestId = isProblem(t, answer, name);
    const line = await service.findLine((each) => each.includes(requestId));
    t.match(JSON.parse(line), { level: 30, status, code, msg: 'request', route: String }, name);
  }
  const codes = new Map<string, number>();
  for (const [, , , code] of refused) codes.set(code, (codes.get(code) ?? 0) + 1);
  for (const [code, count] of codes) {
    const counted = await readMetric(service, `http_server_problems_total{code="${code}"}`);
    t.ok((counted ?? 0) >= count, `${code} is counted`);
  }
  const expects = await talk(service, request('GET /livez', 'host: a\r\nexpect: the-moon\r\n'));
  t.equal(expects.status, 200, 'an expectation nobody knows is passed over');
});

t.test('what goes to no route is limited by address', async (t) => {
  const service = await startService(t, { engine, publisher, env: { RATE_LIMIT_PER_MINUTE: '3' } });
  for (const path of ['/nothing', '/v1/profiles/%zz', `/v1/profiles/${'x'.repeat(2_000)}`]) {
    const answer = await talk(service, request(`GET ${path}`));
    t.ok([400, 404, 414].includes(answer.status), path.slice(0, 30));
    t.equal(answer.headers.get('ratelimit-limit'), '3');
  }
  const limited = await talk(service, request('GET /v1/profiles/%zz'));
  t.equal(limited.status, 429);
  t.match(limited.headers.get('retry-after'), /^\d+$/);
  isProblem(t, limited, 'beyond the limit');
  t.equal((await talk(service, request('GET /livez'))).status, 200);
  const me = await talk(service, request('GET /v1/profiles/me'));
  t.equal(me.status, 401, 'sign-ins of the same address are counted apart');
});

t.test('no method, defined or not, is a fault of the service', async (t) => {
  const made = ['get', 'Get', 'FOO', 'PATCHX', 'QUERY', 'X', 'PRI', 'G\u00cbT'];
  const paths = [
    '/v1/profiles/me',
    '/v1/profiles/somebody',
    '/v1/profiles',
    '/livez',
    '/none',
    '*',
  ];
  for (const method of new Set([...METHODS, ...made])) {
    for (const path of paths) {
      const text = request(`${method} ${path}`, 'host: a\r\ncontent-length: 2\r\n').concat('{}');
      const { status, headers } = await talk(service, text);
      const name = `${method} ${path}: ${status}`;
      t.ok(status >= 200 && status < 500, name);
      t.match(headers.get('x-request-id'), /^[\w-]{36}$/, name);
    }
  }
  t.strictSame(
    (await service.readLog()).filter((line) => JSON.parse(line).level > 40),
    [],
    'nothing is logged as a fault',
  );
});
