import type { ProfileStore } from '../profiles/profile-store.ts';
import { createReads } from './reads.ts';
import { createSearches } from './searches.ts';
import type { Table } from './table.ts';
import { createWrites } from './writes.ts';

/** Profiles in one DynamoDB table, an item each. */
export function createDynamoDbStore(table: Table): ProfileStore {
  const { find, findMany, readItem } = createReads(table);
  return {
    find,
    findMany,
    ...createWrites(table, { find, findMany, readItem }),
    ...createSearches(table),
    close: () => table.client.destroy(),
  };
}
