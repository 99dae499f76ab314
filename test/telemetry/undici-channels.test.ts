import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import t from 'tap';
import { fetch, request } from 'undici';
import { startHttpServer } from '../helper/http-server.ts';

/** What the spans of outgoing requests are made of. */
interface Told {
  readonly request: {
    readonly method: string;
    readonly origin: string;
    readonly headers: string | readonly string[];
    addHeader(name: string, value: string): void;
  };
}

for (const [name, call] of Object.entries<
  (url: string, options: object) => Promise<{ body: unknown }>
>({
  request,
  fetch,
})) {
  t.test(`undici tells of each ${name} what a span is made of`, async (t) => {
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
      subscribe(`undici:request:${channel}`, note);
      t.teardown(() => unsubscribe(`undici:request:${channel}`, note));
    }
    const answer = await call(url, { method: 'GET', headers: { 'x-amz-target': 'A_1.B' } });
    const body = answer.body as AsyncIterable<Uint8Array>;
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

    await t.rejects(call(`${url}/broken`, { method: 'GET' }));
    t.match(told.error, [{ error: Error }]);
    t.equal(told.error?.[0]?.request, told.create?.[1]?.request);
  });
}
