import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

export interface MetricsServerOptions {
  readonly registry: Registry;
  readonly host: string;
  readonly port: number;
}

/**
 * `GET /metrics` on a port of its own, which no load balancer leads to: it needs no token, and it
 * answers while the service itself sheds its load.
 */
export async function startMetricsServer({
  registry,
  host,
  port,
}: MetricsServerOptions): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  server.listen({ host, port });
  await once(server, 'listening');
  return server;
}
