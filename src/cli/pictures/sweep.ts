import { createCredentials } from '../../aws/credentials.ts';
import { describeAwsFault } from '../../aws-fault.ts';
import { systemClock } from '../../clock.ts';
import { createPace } from '../../concurrency/pace.ts';
import { waitFor } from '../../concurrency/wait-for.ts';
import { readValues } from '../../dynamodb/fields/read-values.ts';
import { createOperatorClient } from '../../dynamodb/transport/operator-client.ts';
import { readTableName } from '../../environment.ts';
import { type Interruption, interruptedCodes, listenForInterruption } from '../../interruption.ts';
import { createS3Objects } from '../../pictures/s3-objects.ts';
import { createSweepTally, findOrphans, removeOrphans } from '../../pictures/sweep.ts';
import { Refusal } from '../../refusal.ts';

export interface SweepCommand {
  readonly bucket: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly field: string;
  readonly graceHours: number;
  /** More than this are left; undefined for the rule of thumb. */
  readonly allow: number | undefined;
  readonly dryRun: boolean;
}

const noticeMs = 5_000;
/** Of 1 MB each. */
const pagesPerSecond = 10;
const hourMs = 3_600_000;
/** Without `--allow`: so many are left by crashes; more, or nothing in use, point to a wrong option. */
const usualOrphans = { count: 100, share: 0.01 };
const exitCodes = { fault: 1, left: 3, ...interruptedCodes } as const;

/** Removes pictures that no profile refers to, or counts them. */
export async function sweep(command: SweepCommand): Promise<void> {
  const { bucket, field, graceHours, dryRun } = command;
  const tableName = readTableName(process.env);
  const signal = listenForInterruption();
  const credentials = createCredentials({ clock: systemClock, timeoutMs: 10_000 });
  const client = createOperatorClient(credentials);
  const objects = createS3Objects({ ...command, credentials });
  const tally = createSweepTally();
  const describe = () =>
    `${tally.itemsRead} items of ${tableName} read, ${tally.objects} objects listed, ${tally.removed} removed`;
  const notices = setInterval(() => console.error(`${bucket}: ${describe()}`), noticeMs);
  try {
    await waitFor(credentials.start(), signal);
    const walk = { client, tableName, from: undefined, pace: createPace(pagesPerSecond), signal };
    const options = {
      objects,
      readValues: () => readValues(walk, field),
      before: new Date(Date.now() - graceHours * hourMs),
      signal,
    };
    const orphans = await findOrphans(options, tally);
    const found = `${orphans.length} of ${tally.objects} objects are referred to by no profile`;
    const isNoneInUse = tally.referred === 0;
    const usual = Math.max(usualOrphans.count, tally.objects * usualOrphans.share);
    const allow = command.allow ?? (isNoneInUse ? 0 : usual);
    if (orphans.length === 0) console.log(`${bucket}: ${found}`);
    else if (orphans.length > allow) {
      const reason = isNoneInUse ? `no profile of ${tableName} refers to any object here` : found;
      const outcome = dryRun ? '--yes removes none' : 'nothing was removed';
      console.log(
        `${bucket}: ${reason}, so ${outcome}: look whether table, bucket and schema are the service's own, then use --allow ${orphans.length}`,
      );
      process.exitCode = exitCodes.left;
    } else if (dryRun) {
      console.log(`${bucket}: ${found}; --yes removes them`);
      process.exitCode = exitCodes.left;
    } else {
      await removeOrphans(options, orphans, tally);
      console.log(`${bucket}: ${found}; removed`);
    }
  } catch (error) {
    const name = signal.aborted ? (signal.reason as Interruption) : undefined;
    const cause = error instanceof Refusal && error.cause ? error.cause : error;
    console.error(`${bucket}: ${name ? 'interrupted' : describeAwsFault(cause)}: ${describe()}`);
    process.exitCode = exitCodes[name ?? 'fault'];
  } finally {
    clearInterval(notices);
    credentials.close();
    client.destroy();
    objects.close();
  }
}
