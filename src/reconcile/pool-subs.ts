import { findUserId } from '../backfill/map-user.ts';
import { walkPool } from '../backfill/walk.ts';
import type { ReconcileRun } from './run.ts';

/** A pool told of nobody: more likely it is asked wrongly than empty. */
class EmptyPool extends Error {}

/**
 * The `sub` of every user of every pool, each pool read to its end.
 * @throws {EmptyPool} where one tells of nobody: whom it has can't be told from who is gone
 */
export async function readSubs({ pools, tally, onNotice }: ReconcileRun): Promise<Set<string>> {
  const known = new Set<string>();
  for (const { poolId, users } of pools) {
    let seen = 0;
    await walkPool({
      users,
      from: undefined,
      work: async (page) => page,
      async commit({ result }) {
        for (const user of result) {
          const userId = findUserId(user);
          if (userId !== undefined) known.add(userId);
          seen++;
        }
        tally.users = known.size;
      },
      async restart(reason) {
        onNotice(`${poolId}: the page token is no longer good (${reason}): starting again`);
        seen = 0;
      },
    });
    if (seen === 0) throw new EmptyPool(`${poolId} told of no user: nobody is taken for absent`);
  }
  return known;
}
