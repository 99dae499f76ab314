import { SQSClient } from '@aws-sdk/client-sqs';
import { BoundedHandler } from '../../aws/bounded-handler.ts';
import { toSdkCredentials } from '../../aws/credentials.ts';
import { describeAwsFault } from '../../aws-fault.ts';
import { type Interruption, interruptedCodes } from '../../interruption.ts';
import { createProfileWrites } from '../../profiles/profile-writes.ts';
import { createDeletionQueue } from '../../reconcile/deletion-queue.ts';
import { followDeletions, type MessageOutcome } from '../../reconcile/follow.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { exitCodes } from '../backfill/report.ts';
import { createClients } from './clients.ts';
import type { FollowSettings } from './settings.ts';

export interface FollowInput {
  readonly settings: FollowSettings;
  readonly schema: ProfileSchema;
  /** Aborted with the signal's name. */
  readonly signal: AbortSignal;
  /** A line for the operator, and one for programs. */
  readonly say: (line: string) => void;
  readonly write: (line: string) => void;
}

/** Each attempt; a receive waits 20 s by itself. */
const handlerPolicy = { connectTimeoutMs: 5_000, timeoutMs: 25_000 };
/** What is in hand when the process is asked to end has so long: it ends within two seconds. */
const graceMs = 1_500;

/** Follows the queue until it is interrupted. Returns the exit code. */
export async function runFollow(input: FollowInput): Promise<number> {
  const { settings, schema, signal, say, write } = input;
  const { poolIds, queueUrl, queueEndpoint, tombstoneRetentionDays } = settings;
  const { store, logins, pictures, credentials, ...clients } = createClients(settings, schema, say);
  const client = new SQSClient({
    region: settings.tableRegion,
    ...(queueEndpoint && { endpoint: queueEndpoint }),
    credentials: toSdkCredentials(credentials),
    requestHandler: new BoundedHandler(handlerPolicy),
    // It is asked again anyway, after a pause of ours.
    maxAttempts: 1,
  });
  const counts: Partial<Record<MessageOutcome, number>> = {};
  const tell = (line: object) => write(JSON.stringify({ time: new Date().toISOString(), ...line }));
  const giveUp = new AbortController();
  const hurry = () => setTimeout(() => giveUp.abort(signal.reason), graceMs).unref();
  signal.addEventListener('abort', hurry, { once: true });

  let fault: unknown;
  try {
    await clients.start();
    say(`following ${queueUrl} for ${poolIds.join(', ')}`);
    await followDeletions({
      poolIds,
      logins,
      store,
      writes: createProfileWrites({
        store,
        schema,
        pictures,
        now: () => new Date(),
        tombstoneRetentionDays,
      }),
      queue: createDeletionQueue(client, queueUrl),
      onMessage(report) {
        counts[report.outcome] = (counts[report.outcome] ?? 0) + 1;
        tell(report);
      },
      onNotice: say,
      signal,
      giveUp: giveUp.signal,
    });
  } catch (error) {
    fault = error;
  } finally {
    client.destroy();
    clients.close();
  }
  const end = fault === undefined ? 'interrupted' : 'failed';
  tell({ outcome: end, ...(fault !== undefined && { error: describeAwsFault(fault) }), counts });
  if (fault !== undefined) return exitCodes.fault;
  return interruptedCodes[signal.reason as Interruption];
}
