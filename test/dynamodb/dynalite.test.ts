import t from 'tap';
import { startDynalite } from '../helper/table-engine.ts';
import { testConformance } from './conformance.ts';

t.test('the store on dynalite', async (t) => testConformance(t, await startDynalite(t)));
