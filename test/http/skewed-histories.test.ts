import t from 'tap';
import { startDynalite } from '../helper/table-engine.ts';
import { testSkewedHistory } from './skewed-history.ts';

const seed = Number(process.env.HISTORY_SEED ?? Date.now() % 1_000_000);

t.comment(`HISTORY_SEED=${seed}`);

t.test('T28 three tasks whose clocks are ten minutes apart, with faults between', async (t) =>
  testSkewedHistory(t, await startDynalite(t), { seed, operations: 450, clients: 9, profiles: 4 }),
);
