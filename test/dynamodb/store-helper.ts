import type { Test } from 'tap';
import { createConstantCredentials } from '../../src/aws/credentials.ts';
import { createDynamoDbStore } from '../../src/dynamodb/dynamodb-store.ts';
import { createTableClients } from '../../src/dynamodb/transport/dynamodb-client.ts';
import { planAmendment } from '../../src/profiles/amendment.ts';
import type { ProfileStore, WriteResult } from '../../src/profiles/profile-store.ts';
import type { Entry, ProfilePatch, Tombstone } from '../../src/profiles/record.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { credentials } from '../helper/table-engine.ts';

export function connect(
  t: Test,
  { endpoint }: { endpoint: string },
  tableName: string,
): ProfileStore {
  const clients = createTableClients({
    region: 'eu-west-1',
    endpoint,
    credentials: createConstantCredentials(credentials),
  });
  const store = createDynamoDbStore({ ...clients, tableName, schema: defaultSchema });
  t.teardown(() => store.close());
  return store;
}

export function plan(patch: ProfilePatch) {
  const amendment = planAmendment(defaultSchema, patch, { source: 'person' });
  if (!amendment) throw new Error("This patch can't be said in place");
  return amendment;
}

export function makeTombstone(
  userId: string,
  version: number,
  erasedAt = '2026-11-22T10:00:01.000Z',
): Tombstone {
  return { kind: 'tombstone', userId, version, erasedAt, expiresAt: 4_000_000_000 };
}

export function written<Written extends Entry>(result: WriteResult<Written>): Written {
  if ('current' in result) throw new Error(`Refused: ${JSON.stringify(result.current)}`);
  return result.written;
}

export function refused<Written extends Entry>(result: WriteResult<Written>): Entry | undefined {
  if (!('current' in result)) throw new Error('It was written');
  return result.current;
}
