import { createServer } from 'node:net';
import type { DevSettings } from './settings.ts';

/** One line for each port that something else listens on, naming the variable to move it. */
export async function findTakenPorts(settings: DevSettings): Promise<string[]> {
  const { poolHost, poolPort, dynamodbPort, picturesPort, serviceHost, servicePort, metricsPort } =
    settings;
  const wanted = [
    { what: 'the user pool', host: poolHost, port: poolPort, variable: 'DEV_POOL_PORT' },
    { what: 'DynamoDB', host: '127.0.0.1', port: dynamodbPort, variable: 'DEV_DYNAMODB_PORT' },
    { what: 'pictures', host: '127.0.0.1', port: picturesPort, variable: 'DEV_PICTURES_PORT' },
    { what: 'the service', host: serviceHost, port: servicePort, variable: 'PORT' },
    { what: 'the metrics', host: serviceHost, port: metricsPort, variable: 'METRICS_PORT' },
  ];
  const faults: string[] = [];
  for (const { what, host, port, variable } of wanted) {
    if (await isTaken(host, port)) {
      faults.push(`port ${port} for ${what} is taken: stop what uses it, or set ${variable}`);
    }
  }
  return faults;
}

/** Whether somebody listens there. */
export function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
