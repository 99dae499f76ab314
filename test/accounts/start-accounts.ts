import {
  AdminGetUserCommand,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Test } from 'tap';
import { clientIds, webClientId } from '../../local-cognito/app-clients.ts';
import { mintAccessToken, type TokenOptions } from '../../local-cognito/tokens.ts';
import { startRelay } from '../faults/relay.ts';
import type { Publisher } from '../helper/publisher.ts';
import { machineClientId, startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { poolId, startPool } from '../local-cognito/start-pool.ts';

type Pool = Awaited<ReturnType<typeof startPool>>;

const password = 'Correct-horse-2';
let people = 0;

export interface SignedUp {
  readonly userId: string;
  readonly email: string;
  readonly accessToken: string;
  readonly idToken: string;
}

/**
 * The built service with a real pool, and between it and the pool, and it and its table, relays
 * that misbehave on demand.
 */
export async function startAccounts(t: Test, env: Record<string, string> = {}) {
  const pool = await startPool(t);
  const engine = await startDynalite(t);
  const [cognito, table] = [await startRelay(t, pool.url), await startRelay(t, engine.endpoint)];
  const tableName = await engine.createTable();
  const publisher = { url: cognito.endpoint, issuer: pool.issuer, key: pool.key } as Publisher;
  const start = (more: Record<string, string> = {}) =>
    startService(t, {
      engine: { ...engine, endpoint: table.endpoint },
      tableName,
      publisher,
      env: {
        ACCOUNT_CLOSURE: 'admin',
        COGNITO_USER_POOL_ID: poolId,
        COGNITO_CLIENT_IDS: `${clientIds.join(',')},${machineClientId}`,
        ...env,
        ...more,
      },
    });
  const store = createTableStore(t, engine, tableName);
  return {
    pool,
    engine,
    tableName,
    cognito,
    table,
    store,
    start,
    service: await start(),
    signUp: (email?: string) => signUp(pool, email),
    hasUser: (userId: string) => hasUser(pool, userId),
  };
}

/** Somebody new, through the pool's own sign-up and sign-in. */
async function signUp(
  { client, codes }: Pool,
  email = `person${++people}@example.com`,
): Promise<SignedUp> {
  const { UserSub = '' } = await client.send(
    new SignUpCommand({
      ClientId: webClientId,
      Username: email,
      Password: password,
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'given_name', Value: 'Ada' },
      ],
    }),
  );
  await client.send(
    new ConfirmSignUpCommand({
      ClientId: webClientId,
      Username: email,
      ConfirmationCode: codes.get(email),
    }),
  );
  return { userId: UserSub, email, ...(await signIn(client, email)) };
}

async function signIn(client: Pool['client'], email: string) {
  const { AuthenticationResult } = await client.send(
    new InitiateAuthCommand({
      ClientId: webClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
  const { AccessToken = '', IdToken = '' } = AuthenticationResult ?? {};
  return { accessToken: AccessToken, idToken: IdToken };
}

/** A token of an earlier sign-in, or with other scopes, of somebody who is in the pool. */
export function tokenOf(
  { key, issuer }: Pick<Pool, 'key' | 'issuer'>,
  { userId }: Pick<SignedUp, 'userId'>,
  options: Partial<TokenOptions> & { scope?: string } = {},
): string {
  const person = { sub: userId, provider: 'cognito' } as const;
  return mintAccessToken(key, { issuer, clientId: webClientId, person, ...options });
}

async function hasUser({ client }: Pool, userId: string): Promise<boolean> {
  try {
    await client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: userId }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'UserNotFoundException') return false;
    throw error;
  }
}
