import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Readable } from 'node:stream';
import t from 'tap';
import { fetch, request } from 'undici';
import { poolPolicy } from '../../src/aws/attempt-policy.ts';
import { createConnectionPool } from '../../src/aws/connection-pool.ts';
import { formatHeaders } from '../../src/aws/http-request.ts';
import { ownChannels } from '../../src/aws/request-channels.ts';
import { startHttpServer } from '../helper/http-server.ts';

/** What the spans of outgoing requests are made of. */
interface Told {
  readonly error?: unknown;
  readonly request: {
    readonly method: string;
    readonly origin: string;
    readonly headers: string | readonly string[];
    addHeader(name: string, value: string): void;
  };
}

type Call = (url: string, options: Options) => Promise<AsyncIterable<Uint8Array>>;
interface Options {
  readonly method: 'GET';
  readonly headers: Readonly<Record<string, string>>;
}

const calls: Record<string, [string, Call]> = {
  "undici's request": ['undici', async (url, options) => (await request(url, options)).body],
  "undici's fetch": [
    'undici',
    async (url, options) => (await fetch(url, options)).body as AsyncIterable<Uint8Array>,
  ],
  "the service's own request": [
    ownChannels,
    async (url, { method, headers }) => {
      const { origin, pathname: path } = new URL(url);
      const pool = createConnectionPool({ origin, ...poolPolicy });
      const wanted = { method, path, headers: formatHeaders(headers) };
      const answer = await pool
        .request(wanted, { timeoutMs: 5_000, call: undefined })
        .finally(pool.destroy);
      return Readable.from([answer.body]);
    },
  ],
};

for (const [name, [prefix, call]] of Object.entries(calls)) {
  t.test(`${name} tells what a span is made of`, async (t) => {
    const url = await startHttpServer(t, (request, response) => {
      if (request.url === '/broken') request.socket.destroy();
      else response.writeHead(404).end(String(request.headers.traceparent));
    });
    const told: Record<string, Told[]> = { create: [], headers: [], trailers: [], error: [] };
    for (const [channel, messages] of Object.entries(told)) {
      const note = (message: unknown) => {
        const { request } = message as Told;
        if (request.origin !== url) return;
        messages.push(message as Told);
        if (channel === 'create') request.addHeader('traceparent', 'here');
      };
      subscribe(`${prefix}:request:${channel}`, note);
      t.teardown(() => unsubscribe(`${prefix}:request:${channel}`, note));
    }
    const body = await call(url, { method: 'GET', headers: { 'x-amz-target': 'A_1.B' } });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    t.equal(Buffer.concat(chunks).toString(), 'here', 'a header is added');
    const request = told.create?.[0]?.request as Told['request'];
    t.equal(request.method, 'GET');
    const { headers } = request;
    const text = typeof headers === 'string' ? headers : headers.join('\r\n');
    t.match(text, /x-amz-target(: |\r\n)A_1\.B/);
    t.match(told.headers, [{ response: { statusCode: 404 } }]);
    t.equal(told.headers?.[0]?.request, request, 'the same object all along');
    t.equal(told.trailers?.[0]?.request, request);

    await t.rejects(call(`${url}/broken`, { method: 'GET', headers: {} }));
    t.ok(told.error?.[0]?.error instanceof Error);
    t.equal(told.error?.[0]?.request, told.create?.[1]?.request);
  });
}
