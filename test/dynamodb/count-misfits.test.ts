import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { countMisfits } from '../../src/dynamodb/indexes/count-misfits.ts';
import { startDynalite } from '../helper/table-engine.ts';

const keys: AttributeValue[] = [
  { S: 'x' },
  { S: 'x'.repeat(2_048) },
  { S: 'é'.repeat(1_024) },
  { S: '😀'.repeat(512) },
];
const misfits: AttributeValue[] = [
  { S: '' },
  { S: 'x'.repeat(2_049) },
  { S: 'é'.repeat(1_025) },
  { S: `${'😀'.repeat(512)}x` },
  { N: '17' },
  { BOOL: true },
  { NULL: true },
  { M: {} },
  { L: [] },
  { SS: ['x'] },
];

t.test("what can't be the key of an index is counted, field by field", async (t) => {
  const { client, createTable } = await startDynalite(t);
  const TableName = await createTable();
  // Items of 40 KB, so that the scan takes more than a page of 1 MB.
  const padding = { S: 'x'.repeat(40_000) };
  const values = [...keys, ...misfits, ...keys, ...misfits, undefined];
  for (const [at, value] of values.entries()) {
    const Item = { userId: { S: `person-${at}` }, padding, ...(value && { crmId: value }) };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
  const progress: string[] = [];
  const counts = await countMisfits(client, TableName, ['crmId', 'badge'], {
    signal: new AbortController().signal,
    onWait: (what) => progress.push(what),
  });
  t.same(
    [...counts],
    [
      ['crmId', 2 * misfits.length],
      ['badge', 0],
    ],
  );
  t.ok(progress.length > 1, 'page by page');
  t.match(progress.at(-1), `${values.length} items so far`);
});
