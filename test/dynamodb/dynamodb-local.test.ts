import t from 'tap';
import { startDynamoDbLocal } from '../helper/table-engine.ts';
import { testDynamoDbStore } from './conformance.ts';

const engine = await startDynamoDbLocal(t);
const skip = typeof engine === 'string' ? engine : false;

t.test('the store on DynamoDB Local', { skip }, async (t) => {
  if (typeof engine !== 'string') await testDynamoDbStore(t, engine);
});
