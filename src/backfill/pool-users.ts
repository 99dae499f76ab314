import {
  type CognitoIdentityProviderClient,
  CognitoIdentityProviderServiceException,
  DescribeUserPoolCommand,
  ListUsersCommand,
  type ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { createBackOff, pause } from '../concurrency/back-off.ts';
import type { Pace } from '../concurrency/pace.ts';

/** A user as the pool holds them; an attribute without a value is absent. */
export interface PoolUser {
  readonly username: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface UserPage {
  readonly users: readonly PoolUser[];
  /** Where the next page begins; absent at the end. A page without users may have one. */
  readonly next?: string | undefined;
}

export interface PoolDescription {
  /** Cognito's own estimate. */
  readonly users?: number | undefined;
  /** Names of the attributes a user can have; empty where the pool does not say. */
  readonly attributes: readonly string[];
}

export interface PoolUsersOptions {
  readonly client: CognitoIdentityProviderClient;
  readonly poolId: string;
  readonly filter?: string | undefined;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly onRetry: (retry: { throttled: boolean; waitMs: number; reason: string }) => void;
}

/** The page token is no longer good: it expired, or belongs to another request. */
export class PageTokenRefused extends Error {}

export type PoolUsers = ReturnType<typeof createPoolUsers>;

const pageSize = 60;
const backOff = createBackOff({ firstMs: 500, longestMs: 20_000 });
const maxThrottles = 40;
const maxFailures = 8;

/** The users of one pool, page by page, by `ListUsers` alone: AdminGetUser would be billed. */
export function createPoolUsers(options: PoolUsersOptions) {
  const { client, poolId, filter, pace, signal, onRetry } = options;

  /** @throws {PageTokenRefused} */
  async function readPage(token: string | undefined): Promise<UserPage> {
    const answer = await ask(filter, token);
    const next = answer.PaginationToken || undefined;
    if (next !== undefined && next === token) {
      throw new Error('ListUsers answered the page token it was asked with: it would never end');
    }
    return { users: (answer.Users ?? []).map(toPoolUser), next };
  }

  /** Whether the pool has a user with this `sub` right now. */
  async function has(userId: string): Promise<boolean> {
    const quoted = userId.replaceAll(/["\\]/g, '\\$&');
    let token: string | undefined;
    do {
      const answer = await ask(`sub = "${quoted}"`, token);
      if ((answer.Users ?? []).length > 0) return true;
      token = answer.PaginationToken || undefined;
    } while (token);
    return false;
  }

  async function ask(Filter: string | undefined, PaginationToken: string | undefined) {
    // The token only works with the parameters it was given for, the limit included.
    const input = { UserPoolId: poolId, Limit: pageSize, Filter, PaginationToken };
    let throttles = 0;
    let failures = 0;
    for (;;) {
      await pace.take(signal);
      try {
        const answer: ListUsersCommandOutput = await client.send(new ListUsersCommand(input), {
          abortSignal: signal,
        });
        pace.speedUp();
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        const kind = classifyPoolError(error);
        if (kind === 'invalid-parameter' && PaginationToken !== undefined) {
          throw new PageTokenRefused((error as Error).message, { cause: error });
        }
        const throttled = kind === 'throttled';
        if (throttled ? ++throttles > maxThrottles : ++failures > maxFailures) throw error;
        if (!throttled && kind !== 'passing') throw error;
        if (throttled) pace.slowDown();
        const waitMs = backOff.pauseMs(throttles + failures);
        onRetry({ throttled, waitMs, reason: (error as Error).name });
        await pause(waitMs, signal);
      }
    }
  }

  /** Undefined where the command may not ask: only the size of the pool stays unknown then. */
  async function readDescription(): Promise<PoolDescription | undefined> {
    try {
      const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }), {
        abortSignal: signal,
      });
      const attributes = (UserPool?.SchemaAttributes ?? []).flatMap(({ Name }) => Name ?? []);
      return { users: UserPool?.EstimatedNumberOfUsers, attributes };
    } catch (error) {
      signal.throwIfAborted();
      if ((error as Error).name === 'ResourceNotFoundException') throw error;
      return undefined;
    }
  }

  return { readPage, has, readDescription };
}

function toPoolUser(user: NonNullable<ListUsersCommandOutput['Users']>[number]): PoolUser {
  const attributes = new Map<string, string>();
  for (const { Name, Value } of user.Attributes ?? []) {
    if (Name !== undefined && Value !== undefined) attributes.set(Name, Value);
  }
  return { username: user.Username ?? '', attributes };
}

/** What an error of the pool asks for: slower, once more, another token, or an end. */
type PoolErrorKind = 'throttled' | 'passing' | 'invalid-parameter' | 'lasting';

const throttling = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
]);

function classifyPoolError(error: unknown): PoolErrorKind {
  const { name } = error as Error;
  if (throttling.has(name)) return 'throttled';
  // Cognito has no error of its own for a token that expired: it is a parameter like any other.
  if (name === 'InvalidParameterException') return 'invalid-parameter';
  if (name === 'CredentialsProviderError') return 'lasting';
  if (!(error instanceof CognitoIdentityProviderServiceException)) return 'passing';
  const status = error.$metadata.httpStatusCode;
  if (status === 429) return 'throttled';
  return error.$fault === 'server' || (status ?? 500) >= 500 ? 'passing' : 'lasting';
}
