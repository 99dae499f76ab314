import { spawn } from 'node:child_process';
import { Server as HttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createConstantCredentials } from '../../src/aws/credentials.ts';
import { defineTable } from '../../src/dynamodb/table.ts';
import { createTableClients } from '../../src/dynamodb/transport/dynamodb-client.ts';
import type { ProfileSchema } from '../../src/schema/profile-schema.ts';
import { defaultSchema } from './default-schema.ts';
import { findDynamoDbLocal } from './dynamodb-local.ts';
import { findFreePort } from './free-port.ts';
import type { Teardown } from './teardown.ts';

/** A DynamoDB of this test's own, gone with it. */
export interface TableEngine {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** The store's own. */
  readonly clients: ReturnType<typeof createTableClients>;
  createTable(schema?: ProfileSchema): Promise<string>;
}

export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let tables = 0;

/** dynalite in this process. */
export async function startDynalite(t: Teardown): Promise<TableEngine> {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    // Its own `close` closes the store first, and throws where a call is still under way.
    return new Promise((resolve) => HttpServer.prototype.close.call(server, resolve));
  });
  return connect(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** The real DynamoDB Local, or the reason why it can't run here. */
export async function startDynamoDbLocal(t: Teardown): Promise<TableEngine | string> {
  const found = await findDynamoDbLocal();
  if (typeof found === 'string') return found;
  const port = await findFreePort();
  const child = spawn(
    'java',
    [
      `-Djava.library.path=${found.libraries}`,
      '-jar',
      found.jar,
      '-inMemory',
      '-port',
      String(port),
    ],
    // It leaves a file where it runs.
    { stdio: 'ignore', cwd: tmpdir() },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const engine = connect(t, `http://127.0.0.1:${port}`);
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const answer = await engine.client.send(new ListTablesCommand({})).catch(() => undefined);
    if (answer) return engine;
    await sleep(100);
  }
  return 'DynamoDB Local did not answer within 2 min';
}

export function connect(t: Teardown, endpoint: string): TableEngine {
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  const clients = createTableClients({
    endpoint,
    region: 'eu-west-1',
    credentials: createConstantCredentials(credentials),
  });
  t.teardown(() => {
    client.destroy();
    clients.client.destroy();
  });
  return {
    endpoint,
    client,
    clients,
    async createTable(schema = defaultSchema) {
      const name = `Profiles${++tables}`;
      await client.send(new CreateTableCommand(defineTable(name, schema)));
      return name;
    },
  };
}
