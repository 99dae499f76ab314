import { setMaxListeners } from 'node:events';
import { openCheckpoint, type RunScope, removeCheckpoint } from '../../backfill/checkpoint.ts';
import { findDrift } from '../../backfill/drift.ts';
import { formatRule } from '../../backfill/map-rules.ts';
import { moveUsers } from '../../backfill/move-users.ts';
import { type BackfillOptions, UsageError } from '../../backfill/options.ts';
import { createPoolUsers, type PoolDescription } from '../../backfill/pool-users.ts';
import { createTally } from '../../backfill/tally.ts';
import { openReportLog } from '../../backfill/user-problems.ts';
import { createPace } from '../../concurrency/pace.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createClients } from './clients.ts';
import { createProgress, createSpeed, type ProgressOptions } from './progress.ts';
import { type Report, type RunOutcome, toReport, writeReport } from './report.ts';
import type { BackfillSettings } from './settings.ts';

export interface RunInput {
  readonly options: BackfillOptions;
  readonly settings: BackfillSettings;
  readonly schema: ProfileSchema;
  /** Aborted with the signal's name: the run then ends with a checkpoint to go on from. */
  readonly signal: AbortSignal;
  readonly terminal: ProgressOptions['stream'];
}

const tableNoticeMs = 5_000;
/** When a run is interrupted, writes under way get this long; the next run does what they leave. */
const workGraceMs = 1_000;

/**
 * One whole run, from the clients to the report.
 * @throws {UsageError} before anything is read or written.
 */
export async function runBackfill(input: RunInput): Promise<Report> {
  const { options, settings, signal } = input;
  const scope = toScope(options, settings);
  const resume = options.checkpoint ? await openCheckpoint(options.checkpoint, scope) : undefined;
  const problems = await openReportLog(options.report, resume?.problemBytes);
  const tally = resume ? { ...resume.tally, resumes: resume.tally.resumes + 1 } : createTally();
  const startedAt = resume?.startedAt ?? new Date().toISOString();

  const { cognito, store, ...clients } = createClients(settings, input.schema);
  const pace = createPace(options.rate);
  const speed = createSpeed();
  let pool: PoolDescription | undefined;
  const progress = createProgress({
    stream: input.terminal,
    view: () => ({
      tally,
      total: options.filter ? undefined : smaller(pool?.users, options.limit),
      usersPerSecond: speed(tally.users),
      slowedTo: pace.current() < options.rate * 0.99 ? pace.current() : undefined,
    }),
  });
  const users = createPoolUsers({
    client: cognito,
    poolId: settings.poolId,
    filter: options.filter,
    pace,
    signal,
    onRetry({ throttled, waitMs, reason }) {
      tally[throttled ? 'throttled' : 'retried']++;
      const pages = pace.current().toFixed(1);
      progress.note(
        throttled
          ? `throttled (${reason}): waiting ${Math.round(waitMs)} ms, then ${pages} pages/s`
          : `no answer from the pool (${reason}): waiting ${Math.round(waitMs)} ms`,
      );
    },
  });

  let notedAt = 0;
  function onTableRetry(reason: string): void {
    tally.retried++;
    // Many writes wait at once; one line speaks for them.
    if (performance.now() - notedAt < tableNoticeMs) return;
    notedAt = performance.now();
    progress.note(`no answer from the table (${reason}): trying again`);
  }

  const work = new AbortController();
  // Every write under way listens.
  setMaxListeners(0, work.signal);
  let ending: NodeJS.Timeout | undefined;
  const endWork = () => {
    ending = setTimeout(() => work.abort(signal.reason), workGraceMs);
  };
  signal.addEventListener('abort', endWork, { once: true });

  let outcome: RunOutcome = 'failed';
  let fault: unknown;
  try {
    await clients.start();
    pool = await users.readDescription();
    checkAttributes(options, pool);
    if (resume) progress.note(`going on after ${resume.tally.users} users`);
    const run = { options, scope, users, store, problems, tally, startedAt, resume };
    progress.start();
    const end = await (options.mode === 'check' ? findDrift : moveUsers)({
      ...run,
      onNotice: progress.note,
      onTableRetry,
      workSignal: work.signal,
    });
    outcome = end === 'end' ? 'done' : 'limit reached';
  } catch (error) {
    if (error instanceof UsageError) {
      await (resume ? problems.close() : problems.remove());
      throw error;
    }
    outcome = signal.aborted ? 'interrupted' : 'failed';
    fault = error;
  } finally {
    signal.removeEventListener('abort', endWork);
    clearTimeout(ending);
    progress.stop();
    clients.close();
  }

  const report = toReport({ scope, tally, startedAt, outcome, fault, signal });
  if (options.report) await writeReport(options.report, report, problems);
  // After a whole walk there is nothing to go on with: the next run looks at everybody again.
  if (outcome === 'done' && options.checkpoint) await removeCheckpoint(options.checkpoint);
  // What the next run goes on from.
  const kept = options.checkpoint !== undefined && outcome !== 'done';
  await (kept ? problems.close() : problems.remove());
  return report;
}

function toScope(options: BackfillOptions, settings: BackfillSettings): RunScope {
  return {
    poolId: settings.poolId,
    tableName: settings.tableName,
    region: settings.tableRegion,
    endpoints: [settings.poolEndpoint ?? '', settings.tableEndpoint ?? ''],
    mode: options.mode,
    filter: options.filter ?? null,
    map: options.rules.map(formatRule),
    report: options.report ?? null,
  };
}

/** A mistyped attribute would only show after hours, as a field that nobody has. */
function checkAttributes({ rules }: BackfillOptions, pool: PoolDescription | undefined): void {
  if (!pool || pool.attributes.length === 0) return;
  const unknown = rules.filter(
    ({ attribute }) => attribute.startsWith('custom:') && !pool.attributes.includes(attribute),
  );
  if (unknown.length > 0) {
    const names = unknown.map(({ attribute }) => attribute).join(', ');
    throw new UsageError(`--map: the pool has no attribute ${names}`);
  }
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? one : Math.min(one, other);
}
