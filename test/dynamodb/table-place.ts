import type { Test } from 'tap';
import { createConstantCredentials } from '../../src/aws/credentials.ts';
import { createDynamoDbStore } from '../../src/dynamodb/dynamodb-store.ts';
import { createTableClients } from '../../src/dynamodb/transport/dynamodb-client.ts';
import type { ProfileStore } from '../../src/profiles/profile-store.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { type Relay, startRelay } from '../helper/relay.ts';
import { credentials, type TableEngine } from '../helper/table-engine.ts';
import type { Behind, Place, Wire } from '../profiles/conformance/places.ts';

const writes = ['PutItem', 'UpdateItem'];

/** A table, and what its tests reach it by. */
export interface TablePlace extends Place {
  readonly engine: TableEngine;
  readonly tableName: string;
  connectBehind(t: Test): Promise<Behind & { readonly relay: Relay }>;
}

export async function prepareTable(engine: TableEngine): Promise<TablePlace> {
  const tableName = await engine.createTable();
  return {
    engine,
    tableName,
    connect: (t) => connect(t, engine, tableName),
    async connectBehind(t) {
      const relay = await startRelay(t, engine);
      return { store: connect(t, relay, tableName), wire: createWire(relay), relay };
    },
  };
}

function connect(t: Test, { endpoint }: { endpoint: string }, tableName: string): ProfileStore {
  const clients = createTableClients({
    region: 'eu-west-1',
    endpoint,
    credentials: createConstantCredentials(credentials),
  });
  const store = createDynamoDbStore({ ...clients, tableName, schema: defaultSchema });
  t.teardown(() => store.close());
  return store;
}

function createWire(relay: Relay): Wire {
  const isWrite = (operation: string) => writes.includes(operation);
  return {
    get arrived() {
      return relay.calls.filter(({ operation }) => isWrite(operation)).length;
    },
    loseAnswer(meanwhile = async () => {}) {
      relay.interceptNext(writes, { meanwhile });
    },
    loseAttempt() {
      relay.interceptNext(writes, 'drop');
    },
    delayAttempt: () => relay.delayNext(writes),
    cut() {
      const earlier = relay.intercept;
      relay.intercept = (call) => earlier?.(call) ?? 'drop';
    },
    onAttempt(listen) {
      relay.intercept = () => void listen();
    },
  };
}
