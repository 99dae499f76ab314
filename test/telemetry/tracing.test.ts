import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

/** An OTLP/HTTP collector: it takes spans in, as JSON. */
async function startCollector(t: Test) {
  const spans: Span[] = [];
  const services = new Set<string | undefined>();
  const paths = new Set<string | undefined>();
  const url = await startHttpServer(t, async (request, response) => {
    paths.add(request.url);
    let text = '';
    for await (const chunk of request) text += chunk;
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      const named = resource.attributes.find(({ key }: { key: string }) => key === 'service.name');
      services.add(named?.value.stringValue);
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { url, spans, services, paths };
}

t.test('a request and its calls are one trace, under the caller’s', async (t) => {
  const collector = await startCollector(t);
  const service = await startService(t, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const received: (string | undefined)[] = [];
  service.publisher.intercept = (request) => {
    if (request.url === '/') received.push(request.headers.traceparent as string | undefined);
    return false;
  };
  const token = accessToken(service, makePerson(), { scope: 'aws.cognito.signin.user.admin' });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parent = '00f067aa0ba902b7';
  const headers = { traceparent: `00-${traceId}-${parent}-01` };
  const first = await send(service.url, 'GET', '/v1/profiles/me', { token, headers });
  t.equal(first.status, 200);
  const body = { displayName: 'Traced' };
  const second = await send(service.url, 'PATCH', '/v1/profiles/me', { token, headers, body });
  t.equal(second.status, 200);
  service.child.kill('SIGINT');
  t.equal(await service.ended, 0);

  t.same([...collector.paths], ['/v1/traces']);
  t.same([...collector.services], ['user-profile-service']);
  const others = collector.spans.filter((span) => span.traceId !== traceId);
  t.same([...new Set(others.map(({ name }) => name))], ['GET /readyz'], 'all of one trace');
  const byName = (name: string) => collector.spans.find((span) => span.name === name);
  const read = byName('GET /v1/profiles/me');
  const patch = byName('PATCH /v1/profiles/me');
  t.equal(read?.parentSpanId, parent, 'the caller’s span is the parent');
  const requestId = first.headers.get('x-request-id');
  t.ok(requestId);
  t.match(read?.attributes, [
    { key: 'http.request.method' },
    { key: 'http.route' },
    { key: 'request.id', value: { stringValue: requestId } },
    { key: 'http.response.status_code', value: { intValue: 200 } },
  ]);
  for (const name of [
    'DynamoDB.BatchGetItem',
    'DynamoDB.PutItem',
    'AWSCognitoIdentityProviderService.GetUser',
  ]) {
    t.equal(byName(name)?.parentSpanId, read?.spanId, `${name} belongs to the read`);
  }
  t.equal(byName('DynamoDB.UpdateItem')?.parentSpanId, patch?.spanId, 'the update to the patch');
  const asked = byName('AWSCognitoIdentityProviderService.GetUser');
  t.same(received, [`00-${traceId}-${asked?.spanId}-01`], 'Cognito was handed the trace on');
  const line = service.log.find(
    (text) => text.includes(requestId ?? '-') && text.includes('"route"'),
  );
  t.equal(JSON.parse(line ?? '{}').traceId, traceId, 'the log line has it too');
});

// prom-client loads the bare API, for the types of its exemplars; it does nothing by itself.
const isTracing = (name: string) => /^@opentelemetry\/(?!api$)/.test(name);

/** Every package of which a process of the service loads a part: V8 lists the files, they name what they hold. */
async function listPackages(t: Test, env: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const service = await startService(t, { env: { ...env, NODE_V8_COVERAGE: folder } });
  const token = accessToken(service, makePerson());
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token })).status, 200);
  service.child.kill('SIGINT');
  t.equal(await service.ended, 0);
  const files = await readdir(folder);
  const reports = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const scripts = reports.flatMap((report) =>
    (JSON.parse(report).result as { url: string }[]).map(({ url }) => url),
  );
  const own = [...new Set(scripts)].filter((url) => url.startsWith('file:'));
  const texts = await Promise.all(own.map((url) => readFile(new URL(url), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => `${name}`),
  );
}

t.test('nothing of OpenTelemetry is loaded unless a collector is named', async (t) => {
  const plain = await listPackages(t, {});
  t.ok(plain.includes('fastify'), 'the list is real');
  t.same(plain.filter(isTracing), []);
});

t.test('with a collector it is, and one that is not there changes nothing else', async (t) => {
  const traced = await listPackages(t, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  t.ok(traced.some(isTracing));
});
