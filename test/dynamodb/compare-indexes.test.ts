import type { IndexStatus } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { compareIndexes } from '../../src/dynamodb/indexes/compare-indexes.ts';

const lookup = { field: 'crmId', index: 'CrmIndex' };
const schema = { lookups: new Map([[lookup.field, lookup.index]]) };

function compare(state: { IndexStatus?: IndexStatus; Backfilling?: boolean } | undefined) {
  const KeySchema = [{ AttributeName: lookup.field, KeyType: 'HASH' as const }];
  const index = state && { IndexName: lookup.index, KeySchema, ...state };
  const { missing, unfinished } = compareIndexes(
    { GlobalSecondaryIndexes: index ? [index] : [] },
    schema,
  );
  return { missing, unfinished };
}

t.test('an index is there when it answers, not when it has a name', async (t) => {
  t.same(compare({ IndexStatus: 'ACTIVE' }), { missing: [], unfinished: [] });
  for (const state of [
    { IndexStatus: 'CREATING' },
    { IndexStatus: 'CREATING', Backfilling: true },
    // DynamoDB answers so for a moment after a fill.
    { IndexStatus: 'ACTIVE', Backfilling: true },
    { IndexStatus: 'UPDATING' },
  ] as const) {
    t.same(compare(state), { missing: [], unfinished: [lookup] }, JSON.stringify(state));
  }
});

t.test('an index that is being deleted is missing, as one that never was', async (t) => {
  t.same(compare({ IndexStatus: 'DELETING' }), { missing: [lookup], unfinished: [] });
  t.same(compare(undefined), { missing: [lookup], unfinished: [] });
});
