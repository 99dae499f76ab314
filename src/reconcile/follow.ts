import { createBackOff, pause } from '../concurrency/back-off.ts';
import { within } from '../concurrency/within.ts';
import { Refusal } from '../refusal.ts';
import { type DeletedUserParts, type ErasureOutcome, eraseDeletedUser } from './deleted-user.ts';
import { type Malformation, readDeletionEvent } from './deletion-event.ts';
import { type DeletionQueue, isLastingQueueFault, type QueuedMessage } from './deletion-queue.ts';

export type MessageOutcome =
  | ErasureOutcome
  | 'call-failed'
  | 'other-pool'
  | 'malformed'
  | 'not-settled';

/** What became of one message: nothing in it is a person's. */
export interface MessageReport {
  readonly messageId: string;
  readonly eventId?: string;
  readonly outcome: MessageOutcome;
  readonly reason?: Malformation | string;
  /** It stays in the queue, and comes back or goes to the dead letters. */
  readonly left: boolean;
}

export interface FollowParts extends DeletedUserParts {
  readonly queue: DeletionQueue;
  readonly onMessage: (report: MessageReport) => void;
  readonly onNotice: (notice: string) => void;
  /** No further message is begun. */
  readonly signal: AbortSignal;
  /** The message in hand is given up, and stays in the queue. */
  readonly giveUp: AbortSignal;
}

/** All questions about one user: well within the time that the queue keeps a message for us. */
const messageMs = 60_000;
/** A list may lag behind a deletion: only after so many askings a user counts as there. */
const askings = 3;
const backOff = createBackOff({ firstMs: 1_000, longestMs: 60_000 });

/**
 * Settles one message after the other, until `signal`. What can't be settled stays in the queue.
 * @throws where the queue can't be read, and waiting won't change it
 */
export async function followDeletions(parts: FollowParts): Promise<void> {
  const { queue, signal, giveUp, onMessage, onNotice } = parts;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const message = await queue.receive(signal);
      if (!message) {
        failures = 0;
        continue;
      }
      const report = await settle(parts, message);
      onMessage(report);
      if (!report.left) await queue.remove(message, giveUp);
      // Where table or pools can't answer, further messages would only be spent.
      failures = report.outcome === 'not-settled' ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      if (isLastingQueueFault(error)) throw error;
      failures++;
      onNotice(`the queue: ${nameOf(error)}: trying again`);
    }
    // At most one end of the wait: the signal's, after which nothing more is begun.
    if (failures > 0) await pause(backOff.pauseMs(failures), signal).catch(() => {});
  }
}

async function settle(parts: FollowParts, message: QueuedMessage): Promise<MessageReport> {
  const event = readDeletionEvent(message.body, parts.poolIds);
  const messageId = message.id;
  if (event.kind === 'malformed') {
    return { messageId, outcome: event.kind, reason: event.reason, left: true };
  }
  const { kind, eventId } = event;
  const known = { messageId, ...(eventId !== undefined && { eventId }) };
  if (kind !== 'deleted') return { ...known, outcome: kind, left: false };
  try {
    const outcome = await within(messageMs, parts.giveUp, (signal) =>
      eraseDeletedUser(parts, event.userId, signal),
    );
    const left = outcome === 'user-present' && message.receives < askings;
    return { ...known, outcome, left };
  } catch (error) {
    return { ...known, outcome: 'not-settled', reason: nameOf(error), left: true };
  }
}

/** What failed, in one word: a message may quote what was asked. */
function nameOf(error: unknown): string {
  if (error instanceof Refusal) return (error.cause as Error | undefined)?.name ?? error.code;
  return error instanceof Error ? error.name : 'unknown';
}
