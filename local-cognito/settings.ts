import { join } from 'node:path';

/** The id looks like a real one: `<region>_<nine letters or digits>`. */
export const poolId = 'us-east-1_LocalPool';
export const region = 'us-east-1';

export interface PoolSettings {
  /** Where the pool keeps what has to be there after a restart. */
  folder: string;
  keyFile: string;
  poolHost: string;
  poolPort: number;
  /** Where everyone reaches the pool: the issuer begins with it. */
  poolUrl: string;
  issuer: string;
}

/** The variables that move the pool; none is needed. */
export function readPoolSettings(env: NodeJS.ProcessEnv): PoolSettings {
  const folder = env.DEV_DATA_DIR || '.data';
  const poolPort = readPort(env, 'DEV_POOL_PORT', 9229);
  const poolUrl = env.DEV_POOL_URL || `http://127.0.0.1:${poolPort}`;
  return {
    folder,
    keyFile: join(folder, 'signing-key.json'),
    poolHost: env.DEV_POOL_HOST || '127.0.0.1',
    poolPort,
    poolUrl,
    issuer: issuerOf(poolUrl),
  };
}

export function issuerOf(poolUrl: string): string {
  return `${poolUrl}/${poolId}`;
}

export function readPort(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable] || String(fallback);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`${variable} must be a port from 1 to 65535, not "${text}"`);
  }
  return port;
}
