import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Test } from 'tap';
import { credentials } from '../helper/table-engine.ts';

/** A message comes back so soon, and goes to the dead letters once it came so often. */
const visibilitySeconds = 1;
const maxReceives = 4;
let queues = 0;

/** A queue of a test's own in this SQS, with dead letters. */
export async function makeQueue(t: Test, endpoint: string) {
  const client = new SQSClient({ endpoint, region: 'eu-west-1', credentials });
  t.teardown(() => client.destroy());
  const name = `deletions-${++queues}`;
  const make = async (QueueName: string, Attributes = {}) => {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl ?? '';
  };
  const read = async (QueueUrl: string, ...AttributeNames: QueueAttributeName[]) => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
    return (await client.send(command)).Attributes ?? {};
  };
  const deadUrl = await make(`${name}-dead`);
  const { QueueArn } = await read(deadUrl, 'QueueArn');
  const url = await make(name, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: maxReceives }),
  });

  /** Messages that wait or are given out. */
  async function count(): Promise<number> {
    const waiting = 'ApproximateNumberOfMessages';
    const given = 'ApproximateNumberOfMessagesNotVisible';
    const found = await read(url, waiting, given);
    return Number(found[waiting]) + Number(found[given]);
  }

  return {
    url,
    count,

    /** Puts it in as EventBridge does, and tells its id. */
    async send(event: unknown): Promise<string> {
      const MessageBody = typeof event === 'string' ? event : JSON.stringify(event);
      const command = new SendMessageCommand({ QueueUrl: url, MessageBody });
      return (await client.send(command)).MessageId ?? '';
    },

    async untilEmpty(): Promise<void> {
      for (let waits = 0; (await count()) > 0; waits++) {
        if (waits === 400) throw new Error('the queue was not emptied within two minutes');
        await sleep(300);
      }
    },

    /** Ids of the dead letters. */
    async readDead(): Promise<string[]> {
      const ids: string[] = [];
      for (;;) {
        const command = new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10 });
        const { Messages = [] } = await client.send(command);
        if (Messages.length === 0) return ids;
        for (const { MessageId = '' } of Messages) ids.push(MessageId);
      }
    },
  };
}
