import { join } from 'node:path';

/** The id looks like a real one: `<region>_<nine letters or digits>`. */
export const poolId = 'us-east-1_LocalPool';
export const region = 'us-east-1';

export interface DevSettings {
  folder: string;
  keyFile: string;
  poolHost: string;
  poolPort: number;
  /** Where everyone reaches the pool: the issuer begins with it. */
  poolUrl: string;
  issuer: string;
  dynamodbPort: number;
  serviceHost: string;
  servicePort: number;
  metricsPort: number;
  pageHost: string;
  pagePort: number;
}

/** The variables that move the development stack; none is needed. */
export function readDevSettings(env: NodeJS.ProcessEnv): DevSettings {
  const folder = env.DEV_DATA_DIR || '.data';
  const poolPort = readPort(env, 'DEV_POOL_PORT', 9229);
  const poolUrl = env.DEV_POOL_URL || `http://127.0.0.1:${poolPort}`;
  return {
    folder,
    keyFile: join(folder, 'signing-key.json'),
    poolHost: env.DEV_POOL_HOST || '127.0.0.1',
    poolPort,
    poolUrl,
    issuer: `${poolUrl}/${poolId}`,
    dynamodbPort: readPort(env, 'DEV_DYNAMODB_PORT', 8000),
    serviceHost: env.HOST || '127.0.0.1',
    servicePort: readPort(env, 'PORT', 3000),
    metricsPort: readPort(env, 'METRICS_PORT', 9464),
    pageHost: '127.0.0.1',
    pagePort: readPort(env, 'DEV_PAGE_PORT', 5173),
  };
}

function readPort(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable] || String(fallback);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`${variable} must be a port from 1 to 65535, not "${text}"`);
  }
  return port;
}
