import { type Environment, readVariables, variables } from '../../environment.ts';
import { findPoolFaults } from '../../environment-faults.ts';
import { deriveUserPool } from '../../identity/user-pool.ts';

/** What the command needs of the environment: the service's own variables, and fewer of them. */
export interface BackfillSettings {
  readonly poolId: string;
  readonly poolRegion: string;
  readonly poolEndpoint?: string | undefined;
  readonly tableName: string;
  readonly tableRegion: string;
  readonly tableEndpoint?: string | undefined;
  /** Both are local emulators and the environment has no credentials of its own. */
  readonly placeholderCredentials: boolean;
}

const usedVariables = variables.pick({
  AWS_REGION: true,
  AWS_ENDPOINT_URL_DYNAMODB: true,
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: true,
  USER_PROFILE_TABLE_NAME: true,
  COGNITO_USER_POOL_ID: true,
});

/** @throws {ConfigurationError} naming every variable that is wrong, never its value. */
export function readSettings(env: Environment): BackfillSettings {
  const read = readVariables(usedVariables, env, findPoolFaults);
  const id = read.COGNITO_USER_POOL_ID;
  const poolRegion = deriveUserPool(id, []).region;
  const endpoints = [
    read.AWS_ENDPOINT_URL_DYNAMODB,
    read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
  ];
  return {
    poolId: id,
    poolRegion,
    poolEndpoint: read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    tableName: read.USER_PROFILE_TABLE_NAME,
    tableRegion: read.AWS_REGION ?? poolRegion,
    tableEndpoint: read.AWS_ENDPOINT_URL_DYNAMODB,
    placeholderCredentials:
      endpoints.every((url) => url?.startsWith('http:')) &&
      env.AWS_ACCESS_KEY_ID === undefined &&
      env.AWS_PROFILE === undefined,
  };
}
