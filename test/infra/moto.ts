import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../helper/free-port.ts';

export interface Moto {
  /** Address of the emulated AWS. */
  url: string;
  close(): Promise<void>;
}

/** Starts moto_server on a port of its own and waits until it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await findFreePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill();
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { url, close };
    await sleep(200);
  }
  await close();
  throw new Error('moto_server did not answer within 20 s');
}

/**
 * Passes everything on to moto except the one call it lacks: the tags of scaling targets,
 * which the AWS provider reads after it has made one, and retries for ever without an answer.
 */
export async function startTagsProxy(moto: Moto): Promise<Moto> {
  let tags: Record<string, string> = {};
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const action = String(incoming.headers['x-amz-target']).split('.').at(-1);
    if (action === 'ListTagsForResource') {
      outgoing.setHeader('content-type', 'application/x-amz-json-1.1');
      outgoing.end(JSON.stringify({ Tags: tags }));
      return;
    }
    if (action === 'RegisterScalableTarget') tags = JSON.parse(body.toString()).Tags ?? tags;
    const { method, headers } = incoming;
    const onward = request(moto.url + incoming.url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    onward.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
