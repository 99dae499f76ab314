import { readFile } from 'node:fs/promises';
import t from 'tap';
import { parse } from 'yaml';
import { send } from '../helper/request.ts';
import { startFlags } from '../helper/service-build.ts';
import { startService } from '../helper/start-service.ts';
import { writeWiderSchema } from '../helper/wider-schema.ts';

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
const committed = await read('openapi.yaml');
const contract = parse(committed) as { info: { version: string }; paths: Record<string, object> };
const service = await startService(t);

t.test('a contract is written while others are answered', async (t) => {
  // Of other fields than the committed contract's.
  const { url } = await startService(t, { env: { PROFILE_SCHEMA_FILE: writeWiderSchema(t) } });
  for (const path of ['/openapi.json', '/openapi.yaml']) {
    let isWritten = false;
    const asked = send(url, 'GET', path).finally(() => {
      isWritten = true;
    });
    let answered = 0;
    while (!isWritten) {
      const { status } = await send(url, 'GET', '/livez');
      if (status === 200) answered++;
    }
    t.match((await asked).text, 'crmId');
    t.ok(answered > 20, `${answered} answers while ${path} is written`);
  }
});

t.test('T25 the built server serves the contract as YAML and as JSON', async (t) => {
  const yaml = await send(service.url, 'GET', '/openapi.yaml');
  t.equal(yaml.status, 200);
  t.ok(yaml.text === committed, 'the committed file, byte for byte');
  const json = await send(service.url, 'GET', '/openapi.json');
  t.equal(json.status, 200);
  t.same(json.body, contract);
  const { version } = JSON.parse(await read('package.json'));
  t.equal(contract.info.version, version, 'the version of the package');
});

t.test('the contract is negotiated as every answer is', async (t) => {
  const origin = 'https://app.example.com';
  const { url } = await startService(t, { env: { CORS_ORIGINS: origin } });
  const ask = (headers: Record<string, string>) => send(url, 'GET', '/openapi.json', { headers });
  const plain = await ask({ origin });
  const names = plain.headers.get('vary')?.toLowerCase().split(/,\s*/);
  t.same(names?.sort(), ['accept-encoding', 'origin']);
  const tag = plain.headers.get('etag') ?? '';
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    t.equal((await ask({ 'if-none-match': known })).status, 304, known);
  }
  t.equal((await ask({ 'if-none-match': '"x"' })).status, 200);
  for (const [accepted, coding] of [
    ['gzip', 'gzip'],
    ['br, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['gzip; q=0.000, br', null],
    ['xgzip', null],
  ] as const) {
    const options = { headers: { 'accept-encoding': accepted } };
    const { headers } = await send(url, 'HEAD', '/openapi.json', options);
    t.equal(headers.get('content-encoding'), coding, accepted);
  }
});

t.test('T25 the root leads to the reference, which has its script', async (t) => {
  const root = await fetch(service.url, { redirect: 'manual' });
  t.match([root.status, root.headers.get('location')], [302, '/docs']);
  const page = await send(service.url, 'GET', '/docs');
  t.match(page.headers.get('content-type'), /^text\/html/);
  t.match(page.text, 'src="/docs/reference.js"');
  const script = await send(service.url, 'GET', '/docs/reference.js');
  t.match(script.headers.get('content-type'), /^text\/javascript/);
  t.ok(script.text.length > 1_000_000);
});

t.test('T25 the built server has every operation of the contract', async (t) => {
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const method of Object.keys(methods)) {
      const { status } = await send(
        service.url,
        method.toUpperCase(),
        path.replace(/\{\w+\}/g, 'someone'),
      );
      t.equal(status, path.startsWith('/v1/') ? 401 : 200, `${method.toUpperCase()} ${path}`);
    }
  }
});

t.test('the container, npm start and the tests start Node with the same flags', async (t) => {
  const [, command = '[]'] =
    /^CMD (\["node".*"dist\/server\.js"\])$/m.exec(await read('Dockerfile')) ?? [];
  t.same(JSON.parse(command), ['node', ...startFlags, 'dist/server.js']);
  t.same(service.child.spawnargs.slice(1, 1 + startFlags.length), startFlags);
});
