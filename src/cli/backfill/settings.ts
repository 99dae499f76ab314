import { type Environment, readVariables, variables } from '../../environment.ts';
import { findPoolFaults } from '../../environment-faults.ts';
import { regionOf } from '../../identity/user-pool.ts';

/** What a command needs of the environment that asks a pool and writes the table. */
export interface PoolAndTable {
  readonly poolEndpoint?: string | undefined;
  readonly tableName: string;
  readonly tableRegion: string;
  readonly tableEndpoint?: string | undefined;
  /** Both are local emulators and the environment has no credentials of its own. */
  readonly placeholderCredentials: boolean;
}

export interface BackfillSettings extends PoolAndTable {
  readonly poolId: string;
  readonly poolRegion: string;
}

/** The service's own variables, and fewer of them. */
export const poolAndTableVariables = variables.pick({
  AWS_REGION: true,
  AWS_ENDPOINT_URL_DYNAMODB: true,
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: true,
  USER_PROFILE_TABLE_NAME: true,
  COGNITO_USER_POOL_ID: true,
});

/** @throws {ConfigurationError} naming every variable that is wrong, never its value. */
export function readSettings(env: Environment): BackfillSettings {
  const read = readVariables(poolAndTableVariables, env, findPoolFaults);
  const poolId = read.COGNITO_USER_POOL_ID;
  return { poolId, poolRegion: regionOf(poolId), ...toPoolAndTable(read, env) };
}

export function toPoolAndTable(
  read: ReturnType<(typeof poolAndTableVariables)['parse']>,
  env: Environment,
): PoolAndTable {
  const poolEndpoint = read.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  const tableEndpoint = read.AWS_ENDPOINT_URL_DYNAMODB;
  return {
    poolEndpoint,
    tableName: read.USER_PROFILE_TABLE_NAME,
    tableRegion: read.AWS_REGION ?? regionOf(read.COGNITO_USER_POOL_ID),
    tableEndpoint,
    placeholderCredentials:
      [tableEndpoint, poolEndpoint].every((url) => url?.startsWith('http:')) &&
      env.AWS_ACCESS_KEY_ID === undefined &&
      env.AWS_PROFILE === undefined,
  };
}
