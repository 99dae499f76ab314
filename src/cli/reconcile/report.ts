import { describeAwsFault } from '../../aws-fault.ts';
import type { ReconcileTally } from '../../reconcile/tally.ts';
import { exitCodes as common, type RunOutcome } from '../backfill/report.ts';

export type ReconcileOutcome = Exclude<RunOutcome, 'limit reached'> | 'implausible';

const exitCodes = { ...common, implausible: 4 };

export interface ReconcileReport {
  readonly mode: 'write' | 'dry-run';
  readonly outcome: ReconcileOutcome;
  readonly exitCode: number;
  readonly error?: string;
  readonly poolIds: readonly string[];
  readonly tableName: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly counts: ReconcileTally;
}

/** What a run came to. `fault` is what ended it, `signal` what interrupted it. */
export function toReport(run: {
  readonly yes: boolean;
  readonly outcome: ReconcileOutcome;
  readonly fault: unknown;
  readonly signal: AbortSignal;
  readonly poolIds: readonly string[];
  readonly tableName: string;
  readonly startedAt: string;
  readonly tally: ReconcileTally;
}): ReconcileReport {
  const { outcome, tally } = run;
  return {
    mode: run.yes ? 'write' : 'dry-run',
    outcome,
    exitCode: exitCodeOf(outcome, tally, run.signal),
    ...(outcome === 'failed' && { error: describeAwsFault(run.fault) }),
    poolIds: run.poolIds,
    tableName: run.tableName,
    startedAt: run.startedAt,
    finishedAt: new Date().toISOString(),
    counts: tally,
  };
}

function exitCodeOf(
  outcome: ReconcileOutcome,
  { closing, closed, userless, erased, returned }: ReconcileTally,
  signal: AbortSignal,
): number {
  if (outcome === 'failed') return exitCodes.fault;
  if (outcome === 'implausible') return exitCodes.implausible;
  if (outcome === 'interrupted') {
    return signal.reason === 'SIGTERM' ? exitCodes.SIGTERM : exitCodes.SIGINT;
  }
  const isSettled = closing === closed && userless === erased && returned === 0;
  return isSettled ? exitCodes.done : exitCodes.problems;
}

/** The outcome for somebody who reads it once, at the end. */
export function formatSummary({ mode, outcome, error, counts }: ReconcileReport): string {
  const { users, profiles, closing, closed, userless, noted, waiting, erased, left } = counts;
  return [
    `${mode}: ${outcome}${error ? `: ${error}` : ''}`,
    `${users} users, ${profiles} profiles`,
    `${closing} accounts being closed, ${closed} of them finished`,
    `${userless} profiles without a user: ${noted} noted, ${waiting} waiting, ${erased} erased, ${left} left`,
    ...(counts.returned > 0 ? [`${counts.returned} have their user again`] : []),
    ...(outcome === 'implausible'
      ? ['that is more than is plausible, so none was touched: look into it, or --allow as many']
      : []),
    ...(mode === 'dry-run' ? ['nothing was written or deleted; --yes does it'] : []),
  ].join('\n');
}
