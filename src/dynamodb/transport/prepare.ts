import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RetryStrategyV2 } from '@smithy/types';
import { Pool } from 'undici';
import { attemptPolicy, dispatcherOptions } from '../../aws/bounded-handler.ts';
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
    host,
    pool: new Pool(`${protocol}//${host}`, dispatcherOptions(attemptPolicy.connectTimeoutMs)),
    sign: createRequestSigner({ region, host, service: 'dynamodb' }),
    retries,
    /** One for all calls: it counts nothing before it is refreshed. */
    firstToken: await retries.acquireInitialRetryToken(''),
  };
}
