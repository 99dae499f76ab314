import type { Test } from 'tap';
import { type BuiltOptions, startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { startRelay } from './relay.ts';

/** The built service, and between it and its table a relay that misbehaves on demand. */
export async function startBehindRelay(t: Test, options: BuiltOptions = {}) {
  const engine = options.engine ?? (await startDynalite(t));
  const relay = await startRelay(t, engine.endpoint);
  const behind = { ...engine, endpoint: relay.endpoint };
  return { relay, service: await startService(t, { ...options, engine: behind }) };
}
