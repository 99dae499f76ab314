import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { url, close };
    await sleep(200);
  }
  await close();
  throw new Error('moto_server did not answer within 2 min');
}
