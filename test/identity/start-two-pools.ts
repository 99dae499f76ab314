import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { Test } from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createDependencies } from '../../src/dependencies.ts';
import { deriveUserPool } from '../../src/identity/user-pool.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { type Publisher, startPublisher } from '../helper/publisher.ts';
import { startDynalite } from '../helper/table-engine.ts';

export interface Pool {
  readonly publisher: Publisher;
  readonly clientId: string;
}

export const poolIds = ['eu-west-1_PoolA', 'us-east-1_PoolB'] as const;

/**
 * The service with two pools, each with its own clients. The configuration is the real one; only
 * where the pools answer is replaced, since additional pools are always Cognito's own addresses.
 */
export async function startTwoPools(t: Test) {
  const engine = await startDynalite(t);
  const [first, second] = [
    await startPublisher(t),
    await startPublisher(t, { key: createSigningKey() }),
  ];
  const a: Pool = { publisher: first, clientId: 'clienta' };
  const b: Pool = { publisher: second, clientId: 'clientb' };
  const config = loadConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    USER_PROFILE_TABLE_NAME: await engine.createTable(),
    COGNITO_USER_POOL_ID: poolIds[0],
    COGNITO_CLIENT_IDS: a.clientId,
    COGNITO_ADDITIONAL_POOLS: `${poolIds[1]}=${b.clientId},otherb`,
    RATE_LIMIT_PER_MINUTE: '1000000',
  });
  const pools = config.pools.map(({ id, clientIds }, index) => {
    const { issuer, url } = index === 0 ? first : second;
    return deriveUserPool(id, [...clientIds], { issuer, endpoint: url });
  });
  const logger = pino({ level: 'silent' });
  const dependencies = createDependencies({ ...config, pools }, defaultSchema, logger);
  const app = await buildApp({ ...config, pools }, dependencies, logger);
  t.teardown(async () => {
    app.server.closeAllConnections();
    await app.close();
    dependencies.close();
  });
  await app.listen({ host: config.host, port: config.port });
  await Promise.all(dependencies.pools.map(({ keys }) => keys.start()));
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { url, a, b, config };
}
