import { createCredentials } from '../../aws/credentials.ts';
import { describeAwsFault } from '../../aws-fault.ts';
import { systemClock } from '../../clock.ts';
import { createPace } from '../../concurrency/pace.ts';
import { waitFor } from '../../concurrency/wait-for.ts';
import {
  checkReplayTables,
  createReplayTally,
  type ReplayTally,
  replayErasures,
} from '../../dynamodb/erasure-replay.ts';
import { createOperatorClient } from '../../dynamodb/transport/operator-client.ts';
import { type Interruption, interruptedCodes, listenBesideWrites } from '../../interruption.ts';

export interface ReplayOptions {
  readonly from: string;
  readonly to: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly since: string | undefined;
  readonly retentionSeconds: number;
  /** Erasures a second. */
  readonly rate: number;
  readonly dryRun: boolean;
}

const noticeMs = 5_000;
/** Of 1 MB each. */
const pagesPerSecond = 10;
const exitCodes = { fault: 1, ...interruptedCodes } as const;

/** Replays the erasures, and tells what was done however it ends. */
export async function runReplay(options: ReplayOptions): Promise<void> {
  const { from, to, since, rate, dryRun } = options;
  const tally = createReplayTally();
  let total = '';
  const tell = (sentence: string) => console.error(`${from}: ${sentence}`);
  const moment = since === undefined ? '' : ` since ${since}`;
  const describeReads = () =>
    `${tally.itemsRead}${total} items read, ${tally.found} erasures found${moment}`;
  const describe = () => `${describeReads()}; ${to}: ${describeWrites(tally, dryRun)}`;
  const { signal, writeSignal } = listenBesideWrites();
  const credentials = createCredentials({ clock: systemClock, timeoutMs: 10_000 });
  const client = createOperatorClient(credentials);
  const notices = setInterval(() => tell(describe()), noticeMs);
  try {
    await waitFor(credentials.start(), signal);
    const replay = {
      ...options,
      client,
      pagePace: createPace(pagesPerSecond),
      pace: createPace(rate),
      signal,
      writeSignal,
    };
    const items = await checkReplayTables(replay);
    // DynamoDB counts every six hours.
    if (items > 0) total = ` of about ${items}`;
    tell(`replaying ${since === undefined ? 'all erasures' : `erasures${moment}`} in ${to}`);
    await replayErasures(replay, tally);
    total = '';
    console.log(`${from}: ${describeReads()}`);
    console.log(`${to}: ${describeWrites(tally, dryRun)}`);
  } catch (error) {
    const name = signal.aborted ? (signal.reason as Interruption) : undefined;
    const onward = dryRun ? '' : '; run it again, what is done stays';
    tell(`${name ? 'interrupted' : describeAwsFault(error)}: ${describe()}${onward}`);
    process.exitCode = exitCodes[name ?? 'fault'];
  } finally {
    clearInterval(notices);
    credentials.close();
    client.destroy();
  }
}

function describeWrites({ erased, closed, known }: ReplayTally, dryRun: boolean): string {
  const would = dryRun ? 'would be ' : '';
  return (
    `${erased} profiles ${would}erased again, ` +
    `${closed} people it doesn't hold ${would}closed to earlier sign-ins, ` +
    `${known} erasures it knows of already`
  );
}
