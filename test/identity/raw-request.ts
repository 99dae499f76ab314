import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly string[];
  readonly agent?: Agent;
  readonly body?: string;
}

/** One request with its headers exactly as given, names and values in turn, repetitions included. */
export function sendRaw(url: string, options: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path, headers = [], agent, body } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? [] : ['Content-Length', `${Buffer.byteLength(body)}`];
    const sent = ['Host', `${hostname}:${port}`, ...length, ...headers];
    const outgoing = request({
      hostname,
      port,
      method,
      path,
      headers: sent,
      ...(agent && { agent }),
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the server closed just now: nothing was asked yet.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(sendRaw(url, options));
      else reject(error);
    });
    outgoing.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    outgoing.end(body);
  });
}
