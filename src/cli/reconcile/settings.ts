import * as z from 'zod';
import { type Environment, readVariables, variables } from '../../environment.ts';
import { findPictureFaults, findPoolFaults } from '../../environment-faults.ts';
import { type PoolAndTable, poolAndTableVariables, toPoolAndTable } from '../backfill/settings.ts';

/** What the command needs of the environment: the service's own variables, and fewer of them. */
export interface ReconcileSettings extends PoolAndTable {
  /** Every pool whose people the service knows. */
  readonly poolIds: readonly string[];
  readonly tombstoneRetentionDays: number;
  /** Where uploaded pictures are kept, which go with a profile. */
  readonly pictures?: {
    readonly bucket: string;
    readonly baseUrl: string;
    readonly endpoint?: string | undefined;
  };
}

export interface FollowSettings extends ReconcileSettings {
  readonly queueUrl: string;
  readonly queueEndpoint?: string | undefined;
}

const usedVariables = poolAndTableVariables.extend(
  variables.pick({
    COGNITO_ADDITIONAL_POOLS: true,
    TOMBSTONE_RETENTION_DAYS: true,
    PICTURES_BUCKET: true,
    PICTURES_BASE_URL: true,
    AWS_ENDPOINT_URL_S3: true,
  }).shape,
);

const followVariables = usedVariables.extend({
  AWS_ENDPOINT_URL_SQS: z.url().optional(),
  RECONCILE_QUEUE_URL: z.url({
    protocol: /^https?$/,
    error: 'is required, the address of a queue',
  }),
});

/** @throws {ConfigurationError} naming every variable that is wrong, never its value. */
export function readSettings(env: Environment): ReconcileSettings {
  return toSettings(readVariables(usedVariables, env, findFaults), env);
}

/** The same, and the queue. @throws {ConfigurationError} */
export function readFollowSettings(env: Environment): FollowSettings {
  const read = readVariables(followVariables, env, findFaults);
  const { RECONCILE_QUEUE_URL: queueUrl, AWS_ENDPOINT_URL_SQS: queueEndpoint } = read;
  return { ...toSettings(read, env), queueUrl, queueEndpoint };
}

function findFaults(env: Environment): string[] {
  return [...findPoolFaults(env), ...findPictureFaults(env)];
}

function toSettings(read: z.output<typeof usedVariables>, env: Environment): ReconcileSettings {
  const further = (read.COGNITO_ADDITIONAL_POOLS ?? []).map(([id]) => id);
  const { PICTURES_BUCKET: bucket, PICTURES_BASE_URL: baseUrl } = read;
  return {
    poolIds: [...new Set([read.COGNITO_USER_POOL_ID, ...further])],
    ...toPoolAndTable(read, env),
    tombstoneRetentionDays: read.TOMBSTONE_RETENTION_DAYS,
    ...(bucket !== undefined &&
      baseUrl !== undefined && {
        pictures: { bucket, baseUrl, endpoint: read.AWS_ENDPOINT_URL_S3 },
      }),
  };
}
