import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { buildApp } from './app.ts';
import { loadConfig } from './config.ts';
import { createDependencies } from './dependencies.ts';
import { ConfigurationError } from './environment.ts';
import { readWithSchema } from './schema-file.ts';
import { createLogger } from './telemetry/logger.ts';
import { startMetricsLog } from './telemetry/metrics-log.ts';
import { startMetricsServer } from './telemetry/metrics-server.ts';

/** What is still under way when the server closes gets this long; a stalled upload gets no longer. */
const closeGraceMs = 8_000;
/** After a fault nobody expected, closing may take this long. */
const faultGraceMs = 5_000;

const usage = `npm start

Runs the service that npm run build made, as the container does. It takes no options: the
environment configures it (README.md, Configuration).
`;
if (process.argv.length > 2) {
  const { readCommandLine } = await import('./command-line.ts');
  readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {});
}

try {
  await serve();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  // One of the two ports may be open already.
  process.exit(1);
}

/**
 * V8 by itself lets garbage pile up to several times what lives: this takes a third less memory at
 * the same speed. On the command line the flag would have V8 refuse the compiled form of Node's own
 * modules, which takes 20 to 40 ms more at every start.
 */
function collectSooner(): void {
  setFlagsFromString('--heap-growing-percent=120');
}

/** That this machine refuses an address or a port is a fault of the configuration as well. */
function refusePort(name: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.syscall === 'getaddrinfo') {
      throw new ConfigurationError([`HOST: has no address (${error.code})`]);
    }
    if (error.syscall !== 'listen') throw error;
    if (error.code === 'EADDRNOTAVAIL') {
      throw new ConfigurationError([`HOST: is not an address of this machine (${error.code})`]);
    }
    throw new ConfigurationError([`${name}: can't be listened on (${error.code})`]);
  };
}

/** Reads the environment, builds, listens, and drains when it is told to end. */
async function serve(): Promise<void> {
  const { settings: config, schema } = readWithSchema(process.env, loadConfig);
  const log = createLogger(config.logLevel);
  const dependencies = createDependencies(config, schema, log);
  const app = await buildApp(config, dependencies, log);
  const metricsServer = await startMetricsServer({
    registry: dependencies.metrics.registry,
    host: config.host,
    port: config.metricsPort,
  }).catch(refusePort('METRICS_PORT'));
  const { metricsLogService } = config;
  const metricsLog =
    metricsLogService === undefined
      ? undefined
      : startMetricsLog(dependencies.metrics.registry, metricsLogService, log);
  await app.listen({ host: config.host, port: config.port }).catch(refusePort('PORT'));
  void Promise.all([
    dependencies.credentials.start(),
    ...dependencies.pools.map(({ keys }) => keys.start()),
  ]).then(collectSooner);

  /** Node stops enforcing its time-outs once a server closes, so what stalls is cut off here. */
  const close = async (graceMs: number) => {
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
    await app.close();
    clearTimeout(cut);
    await metricsLog?.close();
    dependencies.close();
    metricsServer.close();
    metricsServer.closeAllConnections();
  };

  let ending = false;
  const drain = async (delaySeconds: number) => {
    if (ending) return;
    ending = true;
    dependencies.drain();
    log.info({ delaySeconds }, 'draining');
    await sleep(delaySeconds * 1000);
    await close(closeGraceMs);
    log.info('closed');
  };
  const fail = (error: unknown, origin: string) => {
    log.fatal({ err: error, origin }, 'ending after a fault nobody expected');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), faultGraceMs).unref();
    if (ending) return;
    ending = true;
    dependencies.drain();
    void close(faultGraceMs - 1_000).finally(() => process.exit(1));
  };
  let signals = 0;
  /** Asked again, it says what it waits for; asked a third time, it waits no longer. */
  const end = (signal: 'SIGINT' | 'SIGTERM', delaySeconds: number) => {
    signals++;
    if (signals === 1) return void drain(delaySeconds);
    const requests = app.countActiveRequests();
    if (signals > 2) {
      log.warn({ signal, requests }, 'ending at once');
      process.exit(128 + constants.signals[signal]);
    }
    log.warn({ signal, requests }, 'already draining; a third signal ends it at once');
  };
  process.on('SIGTERM', () => end('SIGTERM', config.drainDelaySeconds));
  process.on('SIGINT', () => end('SIGINT', 0));
  process.on('uncaughtException', fail);
}
