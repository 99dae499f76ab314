import { StandardRetryStrategy } from '@smithy/core/retry';
import { attemptPolicy, poolPolicy } from '../../aws/attempt-policy.ts';
import { createConnectionPool } from '../../aws/connection-pool.ts';
import { createRequestSigner } from '../../aws/request-signer.ts';
import { findEndpoint } from './table-endpoint.ts';

export interface TablePlace {
  readonly region: string;
  /** In the place of the Region's own. */
  readonly endpoint?: string | undefined;
}

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** What is the same for every call. */
export async function prepare({ region, endpoint }: TablePlace) {
  const { origin, host, pathname } = new URL(endpoint ?? (await findEndpoint(region)));
  // As the SDK has it: what a gateway keeps an emulator under.
  const path = pathname.replace(/\/*$/, '/');
  const retries = new StandardRetryStrategy(attemptPolicy.maxAttempts);
  return {
    pool: createConnectionPool({ origin, ...poolPolicy }),
    path,
    sign: createRequestSigner({ region, host, path, service: 'dynamodb' }),
    retries,
    /** One for all calls: it counts nothing before it is refreshed. */
    firstToken: await retries.acquireInitialRetryToken(''),
  };
}
