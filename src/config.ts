import { type Environment, isProduction, readVariables, variables } from './environment.ts';
import { findFaultsAcross } from './environment-faults.ts';
import { deriveUserPool, type UserPool } from './identity/user-pool.ts';

/**
 * Whether accounts can be closed here, and how their login is deleted: with the person's own token
 * alone, or where that can't be by this deployment's right (IAM).
 */
export interface AccountClosure {
  readonly mode: 'off' | 'own-token' | 'admin';
  /** How long ago somebody may have signed in who closes their account. */
  readonly maxAgeSeconds: number;
}

/** The whole configuration, read once at start. Times carry their unit in the name. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly logLevel: string;
  readonly region: string;
  readonly dynamoDbEndpoint?: string | undefined;
  readonly cognitoEndpoint?: string | undefined;
  readonly tableName: string;
  readonly pools: readonly UserPool[];
  readonly acceptIdTokens: boolean;
  readonly adminGroups: readonly string[];
  /** Origins; `:*` at the end is any port, or none. */
  readonly corsOrigins: readonly string[];
  readonly rateLimitPerMinute: number;
  /** Ids of people that a caller may ask for. */
  readonly peopleLimitPerMinute: number;
  readonly trustProxy: readonly string[];
  readonly drainDelaySeconds: number;
  readonly tombstoneRetentionDays: number;
  readonly accountClosure: AccountClosure;
  /** Where spans go, an OTLP/HTTP collector; nothing is traced without it. */
  readonly tracesEndpoint?: string | undefined;
  /** Where uploaded pictures are kept and served; none are taken without it. */
  readonly pictures?: PicturesConfig | undefined;
  /** The name under which metrics are logged for CloudWatch; none are without it. */
  readonly metricsLogService?: string | undefined;
  /** The table is a local emulator and the environment has no credentials of its own. */
  readonly placeholderCredentials: boolean;
}

export interface PicturesConfig {
  readonly bucket: string;
  /** What their addresses begin with, without a slash at the end. */
  readonly baseUrl: string;
  readonly endpoint?: string | undefined;
}

/**
 * Reads and validates the environment.
 * @throws {ConfigurationError} naming every variable that is wrong, never its value.
 */
export function loadConfig(env: Environment): Config {
  const read = readVariables(variables, env, findFaultsAcross);
  const pool = deriveUserPool(read.COGNITO_USER_POOL_ID, read.COGNITO_CLIENT_IDS, {
    issuer: read.COGNITO_ISSUER,
    endpoint: read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
  });
  const additional = (read.COGNITO_ADDITIONAL_POOLS ?? []).map(([id, clients]) =>
    deriveUserPool(id, clients),
  );
  return {
    host: read.HOST,
    port: read.PORT,
    metricsPort: read.METRICS_PORT,
    logLevel: read.LOG_LEVEL,
    region: read.AWS_REGION ?? pool.region,
    dynamoDbEndpoint: read.AWS_ENDPOINT_URL_DYNAMODB,
    cognitoEndpoint: read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    tableName: read.USER_PROFILE_TABLE_NAME,
    pools: [pool, ...additional],
    acceptIdTokens: read.COGNITO_TOKEN_USE === 'access,id',
    adminGroups: read.ADMIN_GROUPS,
    corsOrigins: read.CORS_ORIGINS,
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    peopleLimitPerMinute: read.PEOPLE_LIMIT_PER_MINUTE,
    trustProxy: read.TRUST_PROXY,
    drainDelaySeconds: read.DRAIN_DELAY,
    tombstoneRetentionDays: read.TOMBSTONE_RETENTION_DAYS,
    accountClosure: {
      mode: read.ACCOUNT_CLOSURE,
      maxAgeSeconds: read.ACCOUNT_CLOSURE_MAX_AGE,
    },
    tracesEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT,
    pictures:
      read.PICTURES_BUCKET !== undefined && read.PICTURES_BASE_URL !== undefined
        ? {
            bucket: read.PICTURES_BUCKET,
            baseUrl: read.PICTURES_BASE_URL,
            endpoint: read.AWS_ENDPOINT_URL_S3,
          }
        : undefined,
    metricsLogService: read.CLOUDWATCH_METRICS_SERVICE,
    placeholderCredentials:
      !isProduction(env) &&
      read.AWS_ENDPOINT_URL_DYNAMODB?.startsWith('http:') === true &&
      env.AWS_ACCESS_KEY_ID === undefined &&
      env.AWS_PROFILE === undefined,
  };
}
