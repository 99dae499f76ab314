import t from 'tap';
import { startDynalite, startDynamoDbLocal } from '../helper/table-engine.ts';
import { testSkewedHistory } from '../http/skewed-history.ts';

/** `npm run test:long` does 21,600 requests: three seeds on each engine. */
const seeds = (process.env.HISTORY_SEEDS ?? '1,2,3').split(',').map(Number);
const operations = Number(process.env.HISTORY_OPERATIONS ?? 3_600);
const size = { operations, clients: 24, profiles: 10 };
const local = await startDynamoDbLocal(t);

t.setTimeout(7_200_000);

for (const seed of seeds) {
  t.test(`T28 seed ${seed} on dynalite`, async (t) =>
    testSkewedHistory(t, await startDynalite(t), { seed, ...size }),
  );
  const skip = typeof local === 'string' ? local : false;
  t.test(`T28 seed ${seed} on DynamoDB Local`, { skip }, async (t) => {
    if (typeof local !== 'string') await testSkewedHistory(t, local, { seed, ...size });
  });
}
