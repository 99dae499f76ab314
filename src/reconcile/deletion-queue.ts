import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { within } from '../concurrency/within.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';

/** A message that the queue gives to nobody else for a while. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  /** How often it was given out, this time included. */
  readonly receives: number;
  readonly handle: string;
}

/** Where the events of deleted users wait. */
export interface DeletionQueue {
  /** The next message; undefined where none came for a while. @throws where the queue can't say */
  receive(signal: WorkSignal): Promise<QueuedMessage | undefined>;
  /** Takes it from the queue for good. One that isn't comes back by itself. */
  remove(message: QueuedMessage, signal: WorkSignal): Promise<void>;
}

/** As long as SQS waits for a message at most, and longer than that for its answer. */
const waitSeconds = 20;
const receiveMs = 30_000;
const removeMs = 10_000;

export function createDeletionQueue(client: SQSClient, QueueUrl: string): DeletionQueue {
  return {
    async receive(signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        // One at a time: what is behind it would wait, and count as given out.
        MaxNumberOfMessages: 1,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const { Messages = [] } = await within(receiveMs, signal, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      const [message] = Messages;
      if (!message) return undefined;
      return {
        id: message.MessageId ?? '',
        body: message.Body ?? '',
        receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
        handle: message.ReceiptHandle ?? '',
      };
    },

    async remove({ handle }, signal) {
      const command = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle });
      await within(removeMs, signal, (abortSignal) => client.send(command, { abortSignal }));
    },
  };
}

/** Faults of the queue that waiting does not mend. */
const lasting = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'InvalidAddress',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'QueueDoesNotExist',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

export function isLastingQueueFault(error: unknown): boolean {
  return error instanceof Error && lasting.has(error.name);
}
