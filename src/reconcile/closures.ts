import { outlastOutage } from '../backfill/outlast-outage.ts';
import { within } from '../concurrency/within.ts';
import type { Tombstone } from '../profiles/record.ts';
import { findings, type ReconcileRun } from './run.ts';

/** All questions about one login. */
const timeoutMs = 10_000;

/** Finishes what nobody asks for again: deletes the logins that tombstones note, then the notes. */
export async function finishClosures(run: ReconcileRun): Promise<void> {
  const { store, tally, signal } = run;
  let after: string | undefined;
  do {
    const page = await outlastOutage(
      () => store.listClosing(after, signal),
      run.onTableRetry,
      signal,
    );
    for (const tombstone of page.entries) {
      tally.closing++;
      await finish(run, tombstone);
    }
    after = page.next;
  } while (after !== undefined);
}

async function finish(run: ReconcileRun, { userId, closing = [] }: Tombstone): Promise<void> {
  const { options, logins, writes, problems, tally, signal } = run;
  if (!options.yes) {
    await problems.append([{ userId, reason: findings.closing }]);
    return;
  }
  const done: string[] = [];
  for (const poolId of closing) {
    try {
      await within(timeoutMs, signal, (ending) => logins.remove(poolId, userId, ending));
      done.push(poolId);
    } catch (error) {
      signal.throwIfAborted();
      const { name } = error as Error;
      await problems.append([{ userId, reason: `${findings.notClosed}: ${name}` }]);
    }
  }
  if (done.length > 0) {
    const settle = () => writes.settleClosing(userId, done, signal);
    await outlastOutage(settle, run.onTableRetry, signal);
  }
  if (done.length === closing.length) tally.closed++;
}
