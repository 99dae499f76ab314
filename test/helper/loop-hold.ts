import { fileURLToPath } from 'node:url';
import type { BuiltService } from './start-service.ts';

/** For `nodeOptions`: what makes a service tell what its event loop is held for. */
export const loopProbe = `--import=${fileURLToPath(new URL('./loop-probe.mjs', import.meta.url))}`;

/** What the service's event loop was held for at most since this was asked last, milliseconds. */
export async function readLoopHold({ child, log, findLine }: BuiltService): Promise<number> {
  const before = log.length;
  child.kill('SIGUSR2');
  const line = await findLine((line) => line.includes('heldMs') && log.lastIndexOf(line) >= before);
  return JSON.parse(line).heldMs;
}
