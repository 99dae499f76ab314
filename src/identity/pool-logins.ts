import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
  ListUsersCommand,
  type ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { regionOf } from './user-pool.ts';

export interface PoolLoginsOptions
  extends Pick<CognitoIdentityProviderClientConfig, 'credentials' | 'requestHandler'> {
  readonly endpoint?: string | undefined;
}

export type PoolLogins = ReturnType<typeof createPoolLogins>;

/**
 * People's logins in Cognito, by their `sub` and this deployment's right. A Username can be given
 * again, to somebody else: nobody is deleted by one whose `sub` was not seen a moment before.
 */
export function createPoolLogins({ endpoint, ...options }: PoolLoginsOptions) {
  const clients = new Map<string, CognitoIdentityProviderClient>();

  function clientOf(poolId: string): CognitoIdentityProviderClient {
    const region = regionOf(poolId);
    const made = clients.get(region);
    if (made) return made;
    const settings = { region, ...(endpoint && { endpoint }), maxAttempts: 2, ...options };
    const client = new CognitoIdentityProviderClient(settings);
    clients.set(region, client);
    return client;
  }

  /**
   * The Username of this `sub`; undefined where the pool has nobody of it. The list comes first: it
   * bills nobody, and knows people of Google or Apple, whose Username isn't their `sub`. It may lag
   * behind, so its no counts with the pool's own.
   */
  async function findUsername(
    poolId: string,
    userId: string,
    signal: AbortSignal,
    hint = userId,
  ): Promise<string | undefined> {
    const listed = await findListed(poolId, userId, signal);
    if (listed === userId) return listed;
    const name = listed ?? hint;
    return (await readSub(poolId, name, signal)) === userId ? name : undefined;
  }

  async function findListed(
    poolId: string,
    userId: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const Filter = `sub = "${userId.replaceAll(/["\\]/g, '\\$&')}"`;
    let PaginationToken: string | undefined;
    do {
      const command = new ListUsersCommand({ UserPoolId: poolId, Filter, PaginationToken });
      const answer: ListUsersCommandOutput = await clientOf(poolId).send(command, {
        abortSignal: signal,
      });
      const username = answer.Users?.[0]?.Username;
      if (username !== undefined) return username;
      PaginationToken = answer.PaginationToken || undefined;
    } while (PaginationToken !== undefined);
    return undefined;
  }

  async function readSub(
    poolId: string,
    username: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const command = new AdminGetUserCommand({ UserPoolId: poolId, Username: username });
    const user = await clientOf(poolId).send(command, { abortSignal: signal }).catch(ignoreAbsence);
    return user?.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value;
  }

  /** Deletes the login of this `sub`; where there is none, it is done. */
  async function remove(
    poolId: string,
    userId: string,
    signal: AbortSignal,
    hint?: string,
  ): Promise<void> {
    const username = await findUsername(poolId, userId, signal, hint);
    if (username === undefined) return;
    const command = new AdminDeleteUserCommand({ UserPoolId: poolId, Username: username });
    await clientOf(poolId).send(command, { abortSignal: signal }).catch(ignoreAbsence);
  }

  return {
    findUsername,
    remove,
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

function ignoreAbsence(error: unknown): undefined {
  if (error instanceof Error && error.name === 'UserNotFoundException') return undefined;
  throw error;
}
