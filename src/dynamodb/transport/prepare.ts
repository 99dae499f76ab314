import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RetryStrategyV2 } from '@smithy/types';
import { poolPolicy } from '../../aws/attempt-policy.ts';
import { createConnectionPool } from '../../aws/connection-pool.ts';
import { createRequestSigner } from '../../aws/request-signer.ts';

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** What is the same for every call, as the SDK's configuration says it. */
export async function prepare(config: DynamoDBClient['config']) {
  const region = await config.region();
  const { protocol, hostname, port } = config.endpoint
    ? await config.endpoint()
    : config.endpointProvider({
        Region: region,
        UseFIPS: await config.useFipsEndpoint(),
        UseDualStack: await config.useDualstackEndpoint(),
      }).url;
  const host = port ? `${hostname}:${port}` : hostname;
  const retries = (await config.retryStrategy()) as RetryStrategyV2;
  return {
    pool: createConnectionPool({ origin: `${protocol}//${host}`, ...poolPolicy }),
    sign: createRequestSigner({ region, host, service: 'dynamodb' }),
    retries,
    /** One for all calls: it counts nothing before it is refreshed. */
    firstToken: await retries.acquireInitialRetryToken(''),
  };
}
