import t from 'tap';
import { startDynalite } from '../helper/table-engine.ts';
import { testDynamoDbStore } from './conformance.ts';

t.test('the store on dynalite', async (t) => testDynamoDbStore(t, await startDynalite(t)));
