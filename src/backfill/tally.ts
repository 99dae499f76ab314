import * as z from 'zod';
import type { UserProblem } from './user-problems.ts';

const count = z.int().min(0);

/** What a run did so far. Kept in the checkpoint and shown in the report. */
export const tallySchema = z.object({
  /** Different users seen in this walk through the pool. */
  users: count,
  created: count,
  filled: count,
  /** Nothing was lacking, or the profile was erased. */
  skipped: count,
  erased: count,
  /** Not moved at all; each is in the report. */
  failed: count,
  /** Users that the pool gave once more. */
  repeated: count,
  pages: count,
  /** Things in the report, and how many of each. */
  problems: count,
  reasons: z.record(z.string(), count),
  throttled: count,
  retried: count,
  restarts: count,
  resumes: count,
});
export type Tally = z.output<typeof tallySchema>;

export function createTally(): Tally {
  return {
    users: 0,
    created: 0,
    filled: 0,
    skipped: 0,
    erased: 0,
    failed: 0,
    repeated: 0,
    pages: 0,
    problems: 0,
    reasons: {},
    throttled: 0,
    retried: 0,
    restarts: 0,
    resumes: 0,
  };
}

/** The walk begins anew: what was written stays written, everything else is met again. */
export function restartTally(tally: Tally, dryRun: boolean): void {
  const { created, filled, throttled, retried, restarts, resumes } = tally;
  const written = dryRun ? {} : { created, filled };
  Object.assign(tally, createTally(), written, {
    throttled,
    retried,
    restarts: restarts + 1,
    resumes,
  });
}

export function countProblems(tally: Tally, problems: readonly UserProblem[]): void {
  tally.problems += problems.length;
  for (const { field, reason } of problems) {
    const kind = field === undefined ? reason : `${field}: ${reason}`;
    tally.reasons[kind] = (tally.reasons[kind] ?? 0) + 1;
  }
}
