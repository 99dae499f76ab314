import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../src/app.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createDependencies, type Dependencies } from '../../src/dependencies.ts';
import { readWithSchema } from '../../src/schema-file.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { serviceEnvironment } from './service-environment.ts';
import {
  defaults,
  prepareService,
  type RunningService,
  type ServiceOptions,
} from './start-service.ts';
import type { Teardown } from './teardown.ts';

export interface InsideOptions extends ServiceOptions {
  readonly clock?: Clock;
}

export interface InsideService extends RunningService {
  readonly app: FastifyInstance;
  readonly dependencies: Dependencies;
}

/**
 * The service from source in the test's own process, for tests that must see inside or set its
 * clock. It is built by the function that production uses; its log is there at once.
 */
export async function startServiceInside(
  t: Teardown,
  options: InsideOptions = {},
): Promise<InsideService> {
  const { engine, tableName, publisher } = await prepareService(t, options);
  const env = {
    ...serviceEnvironment({ endpoint: engine.endpoint, tableName, publisher }),
    ...defaults,
    PORT: '0',
    ...options.env,
  };
  const { settings: config, schema } = readWithSchema(env, loadConfig);
  const log: string[] = [];
  const logger = createLogger(config.logLevel, collect(log));
  const dependencies = createDependencies(config, schema, logger, options.clock ?? systemClock);
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
