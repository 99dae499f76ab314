import type { Test } from 'tap';
import type { TableEngine } from '../helper/table-engine.ts';
import { testConformance } from '../profiles/conformance/conformance.ts';
import { testTableAnswers } from './table-answers.ts';
import { prepareTable } from './table-place.ts';
import { testWriteIds } from './write-ids.ts';

/** The contract of every store, and what this one owes to DynamoDB alone. */
export async function testDynamoDbStore(t: Test, engine: TableEngine): Promise<void> {
  await testConformance(t, () => prepareTable(engine));
  const place = await prepareTable(engine);
  await testTableAnswers(t, place);
  await testWriteIds(t, place);
}
