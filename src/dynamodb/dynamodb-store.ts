import type { ProfileStore } from '../profiles/profile-store.ts';
import { createReads } from './reads.ts';
import { createSearches } from './searches.ts';
import type { Table } from './table.ts';
import { createWrites } from './writes.ts';

/** Profiles in one DynamoDB table, an item each. */
export function createDynamoDbStore(table: Table): ProfileStore {
  const reads = createReads(table);
  const { find, findMany, findSome } = reads;
  return {
    find,
    findMany,
    findSome,
    ...createWrites(table, reads),
    ...createSearches(table),
    close: () => table.client.destroy(),
  };
}
