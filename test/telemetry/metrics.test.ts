import { readFile } from 'node:fs/promises';
import parsePrometheus from 'parse-prometheus-text-format';
import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { type BuiltService, startService } from '../helper/start-service.ts';

const project = new URL('../../', import.meta.url);
const operations = await readFile(new URL('docs/operations.md', project), 'utf8');
const dashboard = await readFile(
  new URL('docker/observability/grafana/dashboards/service.json', project),
  'utf8',
);

/** The metrics of a service that has met a bit of everything, read over HTTP. */
async function readMetrics(t: Test, service: BuiltService): Promise<string> {
  const { metricsUrl } = service;
  t.equal((await fetch(new URL('/', metricsUrl))).status, 404, 'there is nothing but /metrics');
  const response = await fetch(metricsUrl);
  t.equal(response.status, 200);
  t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  return response.text();
}

async function makeTraffic(service: BuiltService): Promise<void> {
  const { url } = service;
  const token = accessToken(service, makePerson());
  await send(url, 'GET', '/v1/profiles/me', { token });
  await send(url, 'PATCH', '/v1/profiles/me', { token, body: { displayName: 'Ada' } });
  await send(url, 'GET', '/v1/profiles?limit=5', { token: machineToken(service) });
  await send(url, 'GET', '/v1/profiles/me');
  await send(url, 'GET', '/v1/profiles/me', { token: 'no.such.token' });
  await send(url, 'GET', '/nowhere/ada@example.com');
}

const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: '3' } });

t.test('what happens is counted where it belongs', async (t) => {
  await makeTraffic(service);
  const text = await readMetrics(t, service);
  for (const line of [
    /^http_server_request_duration_seconds_count\{method="GET",route="\/v1\/profiles\/me",status="200"\} 1$/m,
    /^http_server_request_duration_seconds_count\{method="GET",route="unmatched",status="404"\} 1$/m,
    /^http_server_active_requests 0$/m,
    /^http_server_problems_total\{code="ROUTE_NOT_FOUND"\} 1$/m,
    /^token_refusals_total\{reason="missing"\} 1$/m,
    /^token_refusals_total\{reason="malformed"\} 1$/m,
    /^dynamodb_request_duration_seconds_count\{operation="BatchGetItem",outcome="success"\} [1-9]/m,
    /^dynamodb_request_duration_seconds_count\{operation="UpdateItem",outcome="success"\} 1$/m,
    /^dynamodb_attempts_total\{operation="Scan"\} 1$/m,
    /^dynamodb_consumed_capacity_units_total\{operation="PutItem",kind="write"\} [1-9]/m,
    /^dynamodb_batch_size_bucket\{le="1"\} [1-9]/m,
    /^signing_key_fetches_total\{outcome="success"\} 1$/m,
    /^signing_key_set_age_seconds\{pool="eu-west-1_TestPool1"\} \d/m,
    /^service_ready 1$/m,
  ]) {
    t.match(text, line);
  }
  t.notMatch(text, /ada@example\.com/, 'an address in a path is no label');
});

t.test(
  'every metric is parsed by Prometheus, documented, and what the dashboard shows',
  async (t) => {
    const text = await readMetrics(t, service);
    const families = parsePrometheus(text);
    t.ok(families.length > 30);
    const names = new Set(families.map(({ name }) => name));

    const documented = new Set(
      [...operations.matchAll(/^\| `([a-z0-9]+(?:_[a-z0-9]+)+)(?:\{[^`]*\})?` +\|/gm)].map(
        ([, name]) => name ?? '',
      ),
    );
    t.same(
      [...names].filter((name) => !documented.has(name)),
      [],
      'every name is documented',
    );
    t.same(
      [...documented].filter((name) => !names.has(name)),
      [],
      'every documented name exists',
    );

    const series = new Set(text.match(/^[a-z_0-9]+/gm));
    const expressions = [...dashboard.matchAll(/"expr":\s*"((?:[^"\\]|\\.)*)"/g)].map(
      ([, expression]) => JSON.parse(`"${expression}"`) as string,
    );
    t.ok(expressions.length > 10);
    for (const expression of expressions) {
      const asked = expression
        .replace(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on)\s*\([^)]*\)/g, '')
        .match(/\b[a-z]+(_[a-z0-9]+)+\b(?!\s*\()/g);
      t.ok(asked?.length, `${expression} asks for something`);
      t.same(
        asked?.filter((name) => !series.has(name)),
        [],
        expression,
      );
    }
  },
);

t.test('a limited caller is counted', async (t) => {
  const token = accessToken(service, makePerson());
  for (let turn = 0; turn < 5; turn++) await send(service.url, 'GET', '/v1/profiles/me', { token });
  t.match(await readMetrics(t, service), /^rate_limited_requests_total 2$/m);
});
