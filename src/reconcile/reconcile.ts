import { finishClosures } from './closures.ts';
import { plausibleUserless } from './options.ts';
import { readSubs } from './pool-subs.ts';
import { findings, type ReconcileRun } from './run.ts';
import { findUserless, settleUserless } from './userless.ts';

/** `implausible`: more profiles are without a user than is plausible; none of them was touched. */
export type ReconcileEnd = 'done' | 'implausible';

/**
 * Brings pools and table together: finishes closures, and erases profiles whose user is in none of
 * the pools, in two runs a week apart. Absent means absent from every pool, all of them read whole
 * in this run. May be stopped at any point and run again: notes and erasures stand.
 */
export async function reconcile(run: ReconcileRun): Promise<ReconcileEnd> {
  const { options, problems, tally } = run;
  await finishClosures(run);
  const known = await readSubs(run);
  const userless = await findUserless(run, known);
  const most = options.allow ?? plausibleUserless(tally.profiles);
  if (userless.length > most) {
    for (const { userId } of userless)
      await problems.append([{ userId, reason: findings.userless }]);
    return 'implausible';
  }
  for (const one of userless) await settleUserless(run, one);
  return 'done';
}
