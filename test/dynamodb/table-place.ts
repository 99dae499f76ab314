import type { Test } from 'tap';
import { type Relay, startRelay } from '../helper/relay.ts';
import type { TableEngine } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
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
    connect: (t) => createTableStore(t, engine, tableName),
    async connectBehind(t) {
      const relay = await startRelay(t, engine);
      return { store: createTableStore(t, relay, tableName), wire: createWire(relay), relay };
    },
  };
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
