import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createDependencies, type Dependencies } from '../../src/dependencies.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { startDynalite, type TableEngine } from './table-engine.ts';

export interface ServiceOptions {
  readonly engine?: TableEngine;
  readonly tableName?: string;
  readonly publisher?: Publisher;
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
}

export interface RunningService {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly dependencies: Dependencies;
  readonly engine: TableEngine;
  readonly publisher: Publisher;
  readonly tableName: string;
  /** Every line of the log so far. */
  readonly log: string[];
}

export const userPoolId = 'eu-west-1_TestPool1';
export const clientId = 'webclient1';
export const machineClientId = 'billing1';

/**
 * The real application on a free port: built by the function that production uses, its tokens
 * verified against a real key address, its profiles in a real DynamoDB implementation.
 */
export async function startService(t: Test, options: ServiceOptions = {}): Promise<RunningService> {
  const engine = options.engine ?? (await startDynalite(t));
  const tableName = options.tableName ?? (await engine.createTable());
  const publisher = options.publisher ?? (await startPublisher(t));
  const config = loadConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: publisher.url,
    USER_PROFILE_TABLE_NAME: tableName,
    COGNITO_USER_POOL_ID: userPoolId,
    COGNITO_CLIENT_IDS: `${clientId},${machineClientId}`,
    COGNITO_TOKEN_USE: 'access,id',
    COGNITO_ISSUER: publisher.issuer,
    ADMIN_GROUPS: 'admins',
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...options.env,
  });
  const log: string[] = [];
  const logger = createLogger(config.logLevel, collect(log));
  const dependencies = createDependencies(config, logger, options.clock ?? systemClock);
  const app = await buildApp(config, dependencies, logger);
  t.teardown(async () => {
    app.server.closeAllConnections();
    await app.close();
    dependencies.close();
  });
  await app.listen({ host: config.host, port: config.port });
  await Promise.all(dependencies.pools.map(({ keys }) => keys.start()));
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { url, app, dependencies, engine, publisher, tableName, log };
}

function collect(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
