import type { ProfileStore } from '../profiles/profile-store.ts';
import { createItems } from './item.ts';
import { createReads } from './reads.ts';
import { createSearches } from './searches.ts';
import type { Table } from './table.ts';
import { createWrites } from './writes.ts';

/** Profiles in one DynamoDB table, an item each. */
export function createDynamoDbStore(table: Table): ProfileStore {
  const items = createItems(table.schema);
  const reads = createReads(table, items);
  const { find, show, findMany, findSome } = reads;
  return {
    find,
    show,
    findMany,
    findSome,
    ...createWrites(table, items, reads),
    ...createSearches(table, items),
    close: () => table.client.destroy(),
  };
}
