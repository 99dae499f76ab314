import type { FastifyBaseLogger } from 'fastify';
import { type Credentials, toSdkCredentials } from '../aws/credentials.ts';
import type { Config } from '../config.ts';
import { createAccountLogins } from '../identity/account-logins.ts';
import type { PoolLogins } from '../identity/pool-logins.ts';
import { createAccountClosure } from '../profiles/account-closure.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { ProfileWrites } from '../profiles/profile-writes.ts';

export type Accounts = NonNullable<ReturnType<typeof composeAccounts>>;

export interface AccountParts {
  readonly store: ProfileStore;
  readonly writes: Pick<ProfileWrites, 'erase' | 'settleClosing'>;
  readonly credentials: Credentials;
  readonly nowSeconds: () => number;
  readonly log: FastifyBaseLogger;
}

/** What closes accounts; undefined where none is closed here. */
export function composeAccounts(
  { accountClosure, cognitoEndpoint, pools }: Config,
  { store, writes, credentials, nowSeconds, log }: AccountParts,
) {
  const { mode, maxAgeSeconds } = accountClosure;
  if (mode === 'off') return undefined;
  let poolLogins: Promise<PoolLogins> | undefined;
  /** Cognito's client is large, and most tasks never need it. */
  const loadPoolLogins = async (): Promise<PoolLogins> => {
    const modules = [
      import('../identity/pool-logins.ts'),
      import('../aws/bounded-handler.ts'),
    ] as const;
    const [{ createPoolLogins }, { BoundedHandler }] = await Promise.all(modules);
    return createPoolLogins({
      endpoint: cognitoEndpoint,
      credentials: toSdkCredentials(credentials),
      requestHandler: new BoundedHandler(),
    });
  };
  return {
    closure: createAccountClosure({
      store,
      writes,
      nowSeconds,
      maxAgeSeconds,
      onFailure: (error, pool) => log.warn({ err: error, pool }, 'a login was not deleted'),
    }),
    logins: createAccountLogins({
      maxAgeSeconds,
      ...(mode === 'admin' && { loadPoolLogins: () => (poolLogins ??= loadPoolLogins()) }),
    }),
    poolIds: pools.map(({ id }) => id),
    closesForServices: mode === 'admin',
    close: () => void poolLogins?.then((logins) => logins.close()),
  };
}
