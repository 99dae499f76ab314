import t from 'tap';
import { enableTimeToLive } from '../../src/dynamodb/create-table.ts';
import { startDynamoDbLocal } from '../helper/table-engine.ts';
import { testDynamoDbStore } from './conformance.ts';

const engine = await startDynamoDbLocal(t);
const skip = typeof engine === 'string' ? engine : false;

t.test('the store on DynamoDB Local', { skip }, async (t) => {
  if (typeof engine !== 'string') await testDynamoDbStore(t, engine);
});

t.test('time to live is enabled once, however many ask in parallel', { skip }, async (t) => {
  if (typeof engine === 'string') return;
  const tableName = await engine.createTable();
  const asked = Array.from({ length: 8 }, () => enableTimeToLive(engine.client, tableName));
  t.same(new Set(await Promise.all(asked)), new Set(['enabled']));
});
