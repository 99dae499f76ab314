import type { Test } from 'tap';
import { startHttpServer } from './http-server.ts';
import type { Random } from './random.ts';
import { connect, type TableEngine } from './table-engine.ts';

/** An engine whose answers have the keys of every map in another order each time. */
export async function startShufflingEngine(
  t: Test,
  engine: TableEngine,
  random: Random,
): Promise<TableEngine> {
  const endpoint = await startHttpServer(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(engine.endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    });
    const body = JSON.stringify(shuffle(await answer.json(), random));
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  });
  return connect(t, endpoint);
}

function shuffle(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return value.map((inner) => shuffle(inner, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shuffle(inner, random)]);
  for (let at = entries.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [entries[at], entries[other]] = [entries[other] ?? [], entries[at] ?? []];
  }
  return Object.fromEntries(entries);
}
