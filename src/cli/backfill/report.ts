import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { describeAwsFault } from '../../aws-fault.ts';
import type { RunScope } from '../../backfill/checkpoint.ts';
import type { Tally } from '../../backfill/tally.ts';
import type { ProblemLog } from '../../backfill/user-problems.ts';
import { interruptedCodes } from '../../interruption.ts';
import { formatTime } from './progress.ts';

export type RunOutcome = 'done' | 'limit reached' | 'interrupted' | 'failed';

export interface Report {
  readonly mode: RunScope['mode'];
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly error?: string | undefined;
  readonly poolId: string;
  readonly tableName: string;
  readonly filter: string | null;
  readonly map: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly counts: Tally;
}

export const exitCodes = { done: 0, fault: 1, usage: 2, problems: 3, ...interruptedCodes };

/** What a run came to. `fault` is what ended it, `signal` what interrupted it. */
export function toReport(run: {
  readonly scope: RunScope;
  readonly tally: Tally;
  readonly startedAt: string;
  readonly outcome: RunOutcome;
  readonly fault: unknown;
  readonly signal: AbortSignal;
}): Report {
  const { scope, outcome, fault, tally, signal } = run;
  const { mode, poolId, tableName, filter, map } = scope;
  return {
    mode,
    outcome,
    exitCode: exitCodeOf(outcome, tally, signal),
    ...(outcome === 'failed' && { error: formatFault(fault) }),
    poolId,
    tableName,
    filter,
    map,
    startedAt: run.startedAt,
    finishedAt: new Date().toISOString(),
    counts: tally,
  };
}

function exitCodeOf(outcome: RunOutcome, tally: Tally, signal: AbortSignal): number {
  if (outcome === 'failed') return exitCodes.fault;
  if (outcome === 'interrupted') {
    return signal.reason === 'SIGTERM' ? exitCodes.SIGTERM : exitCodes.SIGINT;
  }
  return tally.problems > 0 ? exitCodes.problems : exitCodes.done;
}

/** A sentence of ours where there is one, otherwise what AWS says, with its name for the fault. */
function formatFault(fault: unknown): string {
  const { name, message } = fault as Error;
  const sentence = describeAwsFault(fault);
  const isTheirs = message !== '' && sentence.startsWith(message);
  return isTheirs && name !== 'Error' ? `${name}: ${sentence}` : sentence;
}

/** Writes the report as one JSON document, its problems a line each, without holding them. For the owner alone. */
export async function writeReport(path: string, report: object, log: ProblemLog): Promise<void> {
  const draft = `${path}.tmp`;
  const file = createWriteStream(draft, { mode: 0o600 });
  const head = JSON.stringify(report, null, 2);
  file.write(`${head.slice(0, -2)},\n  "problems": [`);
  let separator = '\n    ';
  for await (const line of log.lines()) {
    if (!file.write(`${separator}${line}`)) await once(file, 'drain');
    separator = ',\n    ';
  }
  file.end('\n  ]\n}\n');
  await finished(file);
  await rename(draft, path);
}

const figures = new Intl.NumberFormat('en-US');
const shownReasons = 10;

/** The outcome for somebody who reads it once, at the end. */
export function formatSummary(report: Report, seconds: number): string {
  const { counts, mode, outcome, error } = report;
  const n = (value: number) => figures.format(value);
  const reasons = Object.entries(counts.reasons).sort(([, one], [, other]) => other - one);
  const hidden = reasons.length - shownReasons;
  return [
    `${mode}: ${outcome}${error ? `: ${error}` : ''}`,
    `${n(counts.users)} users in ${n(counts.pages)} pages, this run ${formatTime(seconds)}`,
    ...(mode === 'check'
      ? [`${n(counts.problems)} differences, ${n(counts.erased)} erased`]
      : [
          `${n(counts.created)} created, ${n(counts.filled)} filled, ${n(counts.skipped)} skipped (${n(counts.erased)} erased), ${n(counts.failed)} failed`,
          ...(mode === 'dry-run' ? ['nothing was written; --yes does it'] : []),
        ]),
    ...reasons.slice(0, shownReasons).map(([reason, count]) => `  ${n(count)} × ${reason}`),
    ...(hidden > 0 ? [`  and ${n(hidden)} other reasons`] : []),
    `throttled ${n(counts.throttled)} times, ${n(counts.retried)} retries, ${n(counts.restarts)} restarts, ${n(counts.resumes)} resumes`,
  ].join('\n');
}
