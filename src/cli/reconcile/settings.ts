import { type Environment, readVariables, variables } from '../../environment.ts';
import { findPictureFaults, findPoolFaults } from '../../environment-faults.ts';
import { deriveUserPool } from '../../identity/user-pool.ts';

/** What the command needs of the environment: the service's own variables, and fewer of them. */
export interface ReconcileSettings {
  /** Every pool whose people the service knows. */
  readonly poolIds: readonly string[];
  readonly poolEndpoint?: string | undefined;
  readonly tableName: string;
  readonly tableRegion: string;
  readonly tableEndpoint?: string | undefined;
  readonly tombstoneRetentionDays: number;
  /** Where uploaded pictures are kept, which go with a profile. */
  readonly pictures?: {
    readonly bucket: string;
    readonly baseUrl: string;
    readonly endpoint?: string | undefined;
  };
  /** Both are local emulators and the environment has no credentials of its own. */
  readonly placeholderCredentials: boolean;
}

const usedVariables = variables.pick({
  AWS_REGION: true,
  AWS_ENDPOINT_URL_DYNAMODB: true,
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: true,
  USER_PROFILE_TABLE_NAME: true,
  COGNITO_USER_POOL_ID: true,
  COGNITO_ADDITIONAL_POOLS: true,
  TOMBSTONE_RETENTION_DAYS: true,
  PICTURES_BUCKET: true,
  PICTURES_BASE_URL: true,
  AWS_ENDPOINT_URL_S3: true,
});

/** @throws {ConfigurationError} naming every variable that is wrong, never its value. */
export function readSettings(env: Environment): ReconcileSettings {
  const read = readVariables(usedVariables, env, (all) => [
    ...findPoolFaults(all),
    ...findPictureFaults(all),
  ]);
  const further = (read.COGNITO_ADDITIONAL_POOLS ?? []).map(([id]) => id);
  const { PICTURES_BUCKET: bucket, PICTURES_BASE_URL: baseUrl } = read;
  const endpoints = [
    read.AWS_ENDPOINT_URL_DYNAMODB,
    read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
  ];
  return {
    poolIds: [...new Set([read.COGNITO_USER_POOL_ID, ...further])],
    poolEndpoint: read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    tableName: read.USER_PROFILE_TABLE_NAME,
    tableRegion: read.AWS_REGION ?? deriveUserPool(read.COGNITO_USER_POOL_ID, []).region,
    tableEndpoint: read.AWS_ENDPOINT_URL_DYNAMODB,
    tombstoneRetentionDays: read.TOMBSTONE_RETENTION_DAYS,
    ...(bucket !== undefined &&
      baseUrl !== undefined && {
        pictures: { bucket, baseUrl, endpoint: read.AWS_ENDPOINT_URL_S3 },
      }),
    placeholderCredentials:
      endpoints.every((url) => url?.startsWith('http:')) &&
      env.AWS_ACCESS_KEY_ID === undefined &&
      env.AWS_PROFILE === undefined,
  };
}
