import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Below what systems give to those who ask for any port: another test can't be given this one. */
const lowest = 20_000;
const highest = 32_000;

/**
 * A port nobody listens on right now, and that is found by nobody else while this process lives. A
 * service takes seconds to listen where the machine is busy, and whoever came first would answer
 * for it.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    const release = await reserve(port);
    if (release && (await isFree(port))) return port;
    release?.();
  }
}

/** TCP and UDP count their ports apart, so the same number of the other one is the mark. */
async function reserve(port: number): Promise<(() => void) | undefined> {
  const mark = createSocket('udp4');
  try {
    mark.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(mark, 'listening');
  } catch {
    return undefined;
  }
  mark.unref();
  return () => mark.close();
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
