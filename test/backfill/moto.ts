import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { findFreePort } from '../helper/free-port.ts';

/** The address of a moto_server of this test's own, or the reason why there is none. */
export async function startMoto(t: Test): Promise<{ url: string } | string> {
  if (spawnSync('moto_server', ['--help']).status !== 0) return 'moto_server is not on the PATH';
  const port = await findFreePort();
  const args = ['-H', '127.0.0.1', '-p', String(port)];
  const child = spawn('moto_server', args, { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
    if (answer?.ok) return { url };
    await sleep(100);
  }
  return 'moto_server did not answer within 15 s';
}
