import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PoolSettings, readPoolSettings, readPort } from '../local-cognito/settings.ts';
import { files } from '../src/files.ts';

export interface DevSettings extends PoolSettings {
  schemaFile: string;
  dynamodbPort: number;
  picturesPort: number;
  serviceHost: string;
  servicePort: number;
  metricsPort: number;
  pageHost: string;
  pagePort: number;
}

/** The variables that move the development stack; none is needed. */
export function readDevSettings(env: NodeJS.ProcessEnv): DevSettings {
  return {
    ...readPoolSettings(env),
    schemaFile: resolve(env.PROFILE_SCHEMA_FILE || fileURLToPath(files.profileSchema)),
    dynamodbPort: readPort(env, 'DEV_DYNAMODB_PORT', 8000),
    picturesPort: readPort(env, 'DEV_PICTURES_PORT', 9000),
    serviceHost: env.HOST || '127.0.0.1',
    servicePort: readPort(env, 'PORT', 3000),
    metricsPort: readPort(env, 'METRICS_PORT', 9464),
    pageHost: '127.0.0.1',
    pagePort: readPort(env, 'DEV_PAGE_PORT', 5173),
  };
}
