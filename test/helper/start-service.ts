import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Publisher, startPublisher } from './publisher.ts';
import { sendOnce } from './request.ts';
import {
  type ProcessOptions,
  type ServiceProcess,
  startServiceProcess,
} from './service-process.ts';
import { startDynalite, type TableEngine } from './table-engine.ts';
import type { Teardown } from './teardown.ts';

export { clientId, machineClientId } from './service-environment.ts';

export interface ServiceOptions {
  readonly engine?: TableEngine;
  readonly tableName?: string;
  readonly publisher?: Publisher;
  readonly env?: Record<string, string>;
}

export interface BuiltOptions extends ServiceOptions, Pick<ProcessOptions, 'nodeOptions'> {}

/** What tests over HTTP know of a service, whether built or from source. */
export interface RunningService {
  readonly url: string;
  readonly engine: TableEngine;
  readonly publisher: Publisher;
  readonly tableName: string;
  /** Every line of the log so far; `readLog` and `findLine` wait for what is on its way. */
  readonly log: string[];
}

export interface BuiltService extends RunningService, Omit<ServiceProcess, 'publisher' | 'log'> {
  /** The log with all that earlier requests wrote. Makes a request of its own. */
  readLog(): Promise<string[]>;
  /** The first line that a test says yes to, once it is there. */
  findLine(matches: (line: string) => boolean): Promise<string>;
}

/**
 * The built service in a process of its own, on a free port: its tokens are verified against a
 * real key address, its profiles kept in a real DynamoDB implementation.
 */
export async function startService(t: Teardown, options: BuiltOptions = {}): Promise<BuiltService> {
  const { engine, tableName, publisher } = await prepareService(t, options);
  const service = await startServiceProcess(t, {
    ...options,
    endpoint: engine.endpoint,
    tableName,
    publisher,
    env: { ...defaults, LOG_LEVEL: 'info', ...options.env },
  });
  const { log, url } = service;
  const findLine = async (matches: (line: string) => boolean) => {
    for (let waited = 0; waited < 60_000; waited += 20) {
      const line = log.find(matches);
      if (line !== undefined) return line;
      await sleep(20);
    }
    throw new Error(`No such line in the log:\n${log.join('\n')}`);
  };
  return {
    ...service,
    engine,
    tableName,
    findLine,
    async readLog() {
      // The log is in order: once the line of this request is there, all earlier ones are.
      const { headers } = await sendOnce(url, 'GET', `/${randomUUID()}`);
      const id = headers.get('x-request-id');
      if (!id) throw new Error('The answer has no request id');
      await findLine((line) => line.includes(id));
      return log;
    },
  };
}

/** What tests rely on beyond the bare service. */
export const defaults = { COGNITO_TOKEN_USE: 'access,id', ADMIN_GROUPS: 'admins' };

/** The parts around a service that a test did not bring itself. */
export async function prepareService(t: Teardown, options: ServiceOptions) {
  const engine = options.engine ?? (await startDynalite(t));
  const tableName = options.tableName ?? (await engine.createTable());
  const publisher = options.publisher ?? (await startPublisher(t));
  return { engine, tableName, publisher };
}
