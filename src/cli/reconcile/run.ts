import { createPoolUsers } from '../../backfill/pool-users.ts';
import { openReportLog } from '../../backfill/user-problems.ts';
import { createPace } from '../../concurrency/pace.ts';
import { createProfileWrites } from '../../profiles/profile-writes.ts';
import { reconcile } from '../../reconcile/reconcile.ts';
import { createReconcileTally } from '../../reconcile/tally.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { writeReport } from '../backfill/report.ts';
import type { CommandOptions } from './arguments.ts';
import { createClients } from './clients.ts';
import { type ReconcileOutcome, type ReconcileReport, toReport } from './report.ts';
import type { ReconcileSettings } from './settings.ts';

export interface RunInput {
  readonly options: CommandOptions;
  readonly settings: ReconcileSettings;
  readonly schema: ProfileSchema;
  /** Aborted with the signal's name. */
  readonly signal: AbortSignal;
  /** A line for the operator. */
  readonly say: (line: string) => void;
}

const noticeMs = 5_000;

/**
 * One whole run, from the clients to the report.
 * @throws {UsageError} before anything is read or written.
 */
export async function runReconcile(input: RunInput): Promise<ReconcileReport> {
  const { options, settings, schema, signal, say } = input;
  const startedAt = new Date().toISOString();
  const tally = createReconcileTally();
  // Opened first: a run whose report can't be written doesn't begin.
  const problems = await openReportLog(options.report);
  const { pools, ...clients } = createClients(settings, schema, say);
  const pace = createPace(options.rate);
  const { store, logins, pictures, tableTime } = clients;
  const notices = setInterval(() => {
    const { users, profiles, userless } = tally;
    say(`${users} users, ${profiles} profiles read, ${userless} without a user`);
  }, noticeMs);

  let outcome: ReconcileOutcome = 'failed';
  let fault: unknown;
  try {
    await clients.start();
    outcome = await reconcile({
      options,
      pools: pools.map(({ poolId, client }) => ({
        poolId,
        users: createPoolUsers({
          client,
          poolId,
          pace,
          signal,
          onRetry({ throttled, waitMs, reason }) {
            tally[throttled ? 'throttled' : 'retried']++;
            say(`${poolId}: ${reason}: waiting ${Math.round(waitMs)} ms`);
          },
        }),
      })),
      logins,
      store,
      writes: createProfileWrites({
        store,
        schema,
        pictures,
        now: () => new Date(),
        tombstoneRetentionDays: settings.tombstoneRetentionDays,
      }),
      tableTime,
      problems,
      tally,
      onNotice: say,
      onTableRetry(reason) {
        tally.retried++;
        say(`no answer from the table (${reason}): trying again`);
      },
      signal,
    });
  } catch (error) {
    outcome = signal.aborted ? 'interrupted' : 'failed';
    fault = error;
  } finally {
    clearInterval(notices);
    clients.close();
  }
  const { poolIds, tableName } = settings;
  const { yes } = options;
  const report = toReport({ yes, outcome, fault, signal, poolIds, tableName, startedAt, tally });
  if (options.report !== undefined) await writeReport(options.report, report, problems);
  await problems.remove();
  return report;
}
