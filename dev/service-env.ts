import { clientIds } from '../local-cognito/app-clients.ts';
import { adminGroup } from '../local-cognito/sample-people.ts';
import { poolId, region } from '../local-cognito/settings.ts';
import type { DevSettings } from './settings.ts';

/** The environment of the service in development: the caller's, pointed at the local stack. */
export function createServiceEnv(
  settings: DevSettings,
  dynamodbUrl: string,
  env: NodeJS.ProcessEnv,
  /** Where uploaded pictures go; undefined where the schema has no field for them. */
  picturesUrl?: string,
): NodeJS.ProcessEnv {
  return {
    ADMIN_GROUPS: adminGroup,
    CORS_ORIGINS: ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:*`).join(','),
    COGNITO_TOKEN_USE: 'access,id',
    ACCOUNT_CLOSURE: 'admin',
    ...env,
    ...emulatorEnv(dynamodbUrl),
    ...pictureEnv(picturesUrl),
    NODE_ENV: 'development',
    // No load balancer has to notice before it ends.
    DRAIN_DELAY: '0',
    HOST: settings.serviceHost,
    PORT: String(settings.servicePort),
    METRICS_PORT: String(settings.metricsPort),
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: settings.poolUrl,
    COGNITO_USER_POOL_ID: poolId,
    COGNITO_CLIENT_IDS: clientIds.join(','),
    COGNITO_ISSUER: settings.issuer,
  };
}

/** The bucket of the embedded store, which serves it to browsers too. */
function pictureEnv(url: string | undefined): NodeJS.ProcessEnv {
  const bucket = 'pictures';
  return {
    AWS_ENDPOINT_URL_S3: url,
    PICTURES_BUCKET: url && bucket,
    PICTURES_BASE_URL: url && `${url}/${bucket}`,
  };
}

/** Keeps the caller's own AWS account out of it: a profile would win over the keys. */
function emulatorEnv(dynamodbUrl: string): NodeJS.ProcessEnv {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
  };
}
