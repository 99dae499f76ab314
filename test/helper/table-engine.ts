import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Server as HttpServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DescribeTableCommandOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { defineTable } from '../../src/dynamodb/table.ts';
import type { ProfileSchema } from '../../src/schema/profile-schema.ts';
import { defaultSchema } from './default-schema.ts';
import { findDynamoDbLocal } from './dynamodb-local.ts';
import { findFreePort } from './free-port.ts';
import { sendOnce } from './request.ts';
import type { Teardown } from './teardown.ts';

/** A DynamoDB of this test's own, gone with it. */
export interface TableEngine {
  readonly endpoint: string;
  /** For what only DynamoDB's own interface tells, and made at its first use. */
  readonly client: DynamoDBClient;
  createTable(schema?: ProfileSchema): Promise<string>;
}

export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const load = createRequire(import.meta.url);
const region = 'eu-west-1';
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
  // It leaves files where it runs, and its libraries where Java keeps what is temporary.
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-memory-'));
  const child = spawn(
    'java',
    [`-Djava.io.tmpdir=${folder}`, ...found.words, '-inMemory', '-port', String(port)],
    { stdio: 'ignore', cwd: folder },
  );
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const engine = connect(t, `http://127.0.0.1:${port}`);
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const tables = await callEngine(engine.endpoint, 'ListTables', {}).catch(() => undefined);
    if (tables) return engine;
    await sleep(100);
  }
  return 'DynamoDB Local did not answer within 2 min';
}

export function connect(t: Teardown, endpoint: string): TableEngine {
  let client: DynamoDBClient | undefined;
  t.teardown(() => client?.destroy());
  return {
    endpoint,
    get client() {
      client ??= createSdkClient(endpoint);
      return client;
    },
    async createTable(schema = defaultSchema) {
      const name = `Profiles${++tables}`;
      await callEngine(endpoint, 'CreateTable', defineTable(name, schema));
      await untilActive(endpoint, name);
      return name;
    },
  };
}

/** An engine answers before the table can be used, if only by a moment. */
export async function untilActive(endpoint: string, name: string): Promise<void> {
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const answer = await callEngine(endpoint, 'DescribeTable', { TableName: name });
    if ((answer as DescribeTableCommandOutput).Table?.TableStatus === 'ACTIVE') return;
    await sleep(10);
  }
  throw new Error(`${name} did not become active within a minute`);
}

/** Loading the SDK takes a fifth of a second of CPU, and most tests only make a table. */
function createSdkClient(endpoint: string): DynamoDBClient {
  const sdk: typeof import('@aws-sdk/client-dynamodb') = load('@aws-sdk/client-dynamodb');
  return new sdk.DynamoDBClient({ endpoint, region, credentials });
}

/** The engines want to see a signature, and check none. */
async function callEngine(endpoint: string, operation: string, input: object): Promise<object> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${now.slice(0, 8)}/${region}/dynamodb/aws4_request`;
  const answer = await sendOnce(endpoint, 'POST', '', {
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': now,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=host, Signature=none`,
    },
    body: input,
    signal: AbortSignal.timeout(60_000),
  });
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
  return answer.body;
}
