import t from 'tap';
import { createAccountClosure } from '../../src/profiles/account-closure.ts';
import { createProfileWrites } from '../../src/profiles/profile-writes.ts';
import type { Tombstone } from '../../src/profiles/record.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { createMemoryPlace } from './memory-place.ts';
import { createMemoryStore } from './memory-store.ts';

const userId = 'ada';
const [firstPool, secondPool] = ['eu-central-1_First', 'eu-central-1_Second'];
const signal = new AbortController().signal;

function prepare(failing: Set<string>) {
  const place = createMemoryPlace();
  const store = createMemoryStore(place);
  const common = { store, now: () => new Date(), tombstoneRetentionDays: 90 };
  const writes = createProfileWrites({ ...common, schema: defaultSchema });
  const removed: string[] = [];
  const closure = createAccountClosure({
    store,
    writes,
    nowSeconds: () => Date.now() / 1000,
    maxAgeSeconds: 600,
    onFailure: () => {},
  });
  const remove = async (poolId: string) => {
    if (failing.has(poolId)) throw new Error('Cognito fails');
    removed.push(poolId);
  };
  const noted = () => (place.entries.get(userId) as Tombstone).closing;
  return { closure, remove, removed, noted };
}

t.test('a login that an earlier closing noted goes with the person’s own', async (t) => {
  const failing = new Set([firstPool, secondPool]);
  const { closure, remove, removed, noted } = prepare(failing);
  const ofService = await closure.close(userId, [firstPool, secondPool], remove, { signal });
  t.equal(ofService, 'closing');
  t.same(noted(), [firstPool, secondPool]);

  const own = { userId, signedInAt: Math.floor(Date.now() / 1000), poolId: firstPool };
  failing.delete(firstPool);
  t.equal(await closure.closeOwn(own, remove, signal), 'closing', 'one is still to go');
  t.same(noted(), [secondPool]);

  failing.delete(secondPool);
  t.equal(await closure.closeOwn(own, remove, signal), 'closed');
  t.ok(removed.includes(secondPool));
  t.equal(noted(), undefined);
});

t.test('a closing adds its pools to those that are noted', async (t) => {
  const { closure, remove, noted } = prepare(new Set([firstPool, secondPool]));
  await closure.close(userId, [firstPool], remove, { signal });
  await closure.close(userId, [secondPool], remove, { signal });
  t.same(noted(), [firstPool, secondPool]);
});
