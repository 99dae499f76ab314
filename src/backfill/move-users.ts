import type { ProfileStore } from '../profiles/profile-store.ts';
import { type CheckpointState, type RunScope, saveCheckpoint } from './checkpoint.ts';
import type { BackfillOptions } from './options.ts';
import { createPageMover, type PageResult } from './page.ts';
import type { PoolUsers } from './pool-users.ts';
import { countProblems, restartTally, type Tally } from './tally.ts';
import type { ProblemLog } from './user-problems.ts';
import { type DonePage, walkPool } from './walk.ts';
import { createWriter } from './writer.ts';

export interface MoveOptions {
  readonly options: BackfillOptions;
  readonly scope: RunScope;
  readonly users: PoolUsers;
  readonly store: ProfileStore;
  readonly problems: ProblemLog;
  readonly tally: Tally;
  readonly startedAt: string;
  readonly resume: CheckpointState | undefined;
  readonly onNotice: (notice: string) => void;
  readonly onTableRetry: (reason: string) => void;
  /** Ends the work on the table; pages not done by then are left to the next run. */
  readonly workSignal: AbortSignal;
}

/** Moves the users of a pool into the table; what was done is in `tally`, whatever ends it. */
export async function moveUsers(run: MoveOptions): Promise<'end' | 'limit'> {
  const { options, problems, tally, resume } = run;
  if (resume?.finished) return 'end';
  const dryRun = options.mode === 'dry-run';
  const writer = createWriter({
    store: run.store,
    dryRun,
    now: () => new Date(),
    onRetry: run.onTableRetry,
    signal: run.workSignal,
  });
  const mover = createPageMover({ writer, signal: run.workSignal, ...options });

  async function commit({ result, next, done, isLast }: DonePage<PageResult>): Promise<void> {
    count(tally, result);
    const problemBytes = await problems.append(result.problems);
    await save({ token: next ?? null, done: [...done], finished: isLast, problemBytes });
  }

  async function restart(reason: string): Promise<void> {
    run.onNotice(`the page token is no longer good (${reason}): starting from the first page`);
    restartTally(tally, dryRun);
    mover.forget();
    await problems.truncate(0);
    await save({ token: null, done: [], finished: false, problemBytes: 0 });
  }

  async function save(at: Pick<CheckpointState, 'token' | 'done' | 'finished' | 'problemBytes'>) {
    if (!options.checkpoint) return;
    const { scope, startedAt } = run;
    await saveCheckpoint(options.checkpoint, { format: 1, scope, startedAt, tally, ...at });
  }

  return walkPool({
    users: run.users,
    from: resume?.token ?? undefined,
    done: resume?.done,
    limit: options.limit,
    work: mover.move,
    commit,
    restart,
  });
}

function count(tally: Tally, { users, repeated, outcomes, problems }: PageResult): void {
  tally.pages++;
  tally.users += users;
  tally.repeated += repeated;
  for (const outcome of outcomes) {
    tally[outcome]++;
    if (outcome === 'erased') tally.skipped++;
  }
  countProblems(tally, problems);
}
