import { randomUUID } from 'node:crypto';
import { LogController } from 'fastify';
import { maxBodyBytes } from './problem.ts';

/** What the server allows a request to take, in time and size. */
export function serverOptions({ trustProxy }: { trustProxy: readonly string[] }) {
  return {
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // Fastify would load compilers of its own, and ajv with them, before it is told of ours.
    schemaController: { compilersFactory: { buildValidator: build, buildSerializer: build } },
    genReqId: () => randomUUID(),
    // A number or `true` believes every peer; the load balancer's own addresses do not.
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    bodyLimit: maxBodyBytes,
    // A slow client may take this long for the whole request.
    requestTimeout: 15_000,
    // What arrives on a kept connection while the server closes is still answered, and closes it.
    return503OnClosing: false,
    // Longer than the load balancer's idle time of 60 s, or it meets connections that just closed.
    keepAliveTimeout: 72_000,
    // 128 code points of a user id, each as three or four encoded bytes.
    routerOptions: { maxParamLength: 1_536 },
    // A missing Host is refused as everything else is, not by Node with a bare 400. Of a repeated
    // header Node would keep the first, where a proxy before us may have looked at another.
    http: {
      requireHostHeader: false,
      joinDuplicateHeaders: true,
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
    },
  };
}

function build(): never {
  throw new Error('The application sets its compilers before it has a route');
}
