import { outlastOutage } from '../backfill/outlast-outage.ts';
import { within } from '../concurrency/within.ts';
import type { LiveEntry } from '../profiles/record.ts';
import { Refusal } from '../refusal.ts';
import { graceDays } from './options.ts';
import { findings, type ReconcileRun } from './run.ts';

/** A profile of nobody, as it was read. */
export interface Userless {
  readonly userId: string;
  readonly version: number;
  readonly since: string | undefined;
}

const tablePage = 100;
const timeoutMs = 10_000;
const graceMs = graceDays * 86_400_000;

/** Every profile without a user. One of a moment ago may be missing from the walk, so each is asked for again. */
export async function findUserless(
  run: ReconcileRun,
  known: ReadonlySet<string>,
): Promise<Userless[]> {
  const { store, tally, signal } = run;
  const found: Userless[] = [];
  let after: string | undefined;
  do {
    const page = await outlastOutage(
      () => store.list(tablePage, after, signal),
      run.onTableRetry,
      signal,
    );
    for (const entry of page.entries) {
      tally.profiles++;
      const { userId, version } = entry.profile;
      if (known.has(userId) || (await isInAnyPool(run, userId))) await forget(run, entry);
      else found.push({ userId, version, since: entry.userlessSince });
    }
    tally.userless = found.length;
    after = page.next;
  } while (after !== undefined);
  return found;
}

async function isInAnyPool({ pools }: ReconcileRun, userId: string): Promise<boolean> {
  for (const { users } of pools) if (await users.has(userId)) return true;
  return false;
}

/** The user is there, whatever an earlier run noted. */
async function forget(run: ReconcileRun, { profile, userlessSince }: LiveEntry): Promise<void> {
  if (userlessSince === undefined) return;
  const { options, store, problems, tally, signal } = run;
  const { userId, version } = profile;
  tally.returned++;
  await problems.append([{ userId, reason: findings.returned }]);
  if (!options.yes) return;
  const clear = () => store.noteUserless(userId, version, undefined, signal);
  await outlastOutage(clear, run.onTableRetry, signal);
}

/** Notes a profile that has no user; erases it where that was noted a week ago, and its user is asked for in vain. */
export async function settleUserless(run: ReconcileRun, one: Userless): Promise<void> {
  const { options, store, problems, tally, tableTime, signal } = run;
  const { userId, version, since } = one;
  const tell = (reason: string) => problems.append([{ userId, reason }]);
  const now = tableTime();
  const isDue = since !== undefined && now.getTime() - Date.parse(since) >= graceMs;
  if (!options.yes || (since !== undefined && !isDue)) {
    if (since !== undefined && !isDue) tally.waiting++;
    await tell(since === undefined ? findings.userless : `${findings.userless} since ${since}`);
    return;
  }
  if (since === undefined) {
    const note = () => store.noteUserless(userId, version, now.toISOString(), signal);
    const isNoted = await outlastOutage(note, run.onTableRetry, signal);
    if (isNoted) tally.noted++;
    await tell(isNoted ? findings.userless : findings.changed);
    return;
  }
  const reason = await erase(run, one);
  tally[reason === findings.erased ? 'erased' : 'left']++;
  await tell(reason);
}

async function erase(run: ReconcileRun, { userId, version }: Userless): Promise<string> {
  const { pools, logins, writes, signal } = run;
  try {
    for (const { poolId } of pools) {
      const username = await within(timeoutMs, signal, (ending) =>
        logins.findUsername(poolId, userId, ending),
      );
      if (username !== undefined) return findings.returned;
    }
  } catch (error) {
    signal.throwIfAborted();
    return `${findings.notAsked}: ${(error as Error).name}`;
  }
  try {
    await outlastOutage(() => writes.erase(userId, { version, signal }), run.onTableRetry, signal);
    return findings.erased;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // By an attempt whose outcome could not be known; anything else is somebody's write.
    return error.code === 'PROFILE_ERASED' ? findings.erased : findings.changed;
  }
}
