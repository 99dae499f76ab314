import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';

/** Below what systems give to those who ask for any port: another test can't be given this one. */
const lowest = 20_000;
const highest = 32_000;

/** A port nobody listens on right now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
