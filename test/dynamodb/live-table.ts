import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  QueryCommand,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { TableEngine } from '../helper/table-engine.ts';

export const indexes = { crmId: 'CrmIndex', badge: 'BadgeIndex' } as const;
export type Field = keyof typeof indexes;
export type Held = Map<string, Record<Field, string>>;

/** Every so many items, one has values that can't be keys. */
export const misfitEvery = 500;

const misfits: Record<Field, AttributeValue[]> = {
  crmId: [{ N: '17' }, { S: '' }],
  badge: [{ S: 'é'.repeat(1_025) }, { N: '17' }],
};

const profile = {
  version: { N: '1' },
  createdAt: { S: '2026-11-22T10:00:00.000Z' },
  updatedAt: { S: '2026-11-22T10:00:00.000Z' },
  sources: { M: {} },
};

/** Fills the table; what can be a key is what the indexes must hold in the end. */
export async function fill({ client }: TableEngine, tableName: string, itemCount: number) {
  const held: Held = new Map();
  const awkward: string[] = [];
  let at = 0;
  const worker = async () => {
    while (at < itemCount) {
      const batch = Array.from({ length: Math.min(25, itemCount - at) }, () => at++);
      const requests = batch.map((number) => {
        const userId = `person-${number}`;
        const item = { crmId: `crm-${number}`, badge: `badge-${number % 5_000}` };
        const kind = number % misfitEvery === 0 ? (number / misfitEvery) % 2 : undefined;
        if (kind === undefined) held.set(userId, item);
        else awkward.push(userId);
        const values =
          kind === undefined
            ? { crmId: { S: item.crmId }, badge: { S: item.badge } }
            : { crmId: misfits.crmId[kind], badge: misfits.badge[kind] };
        return { PutRequest: { Item: { userId: { S: userId }, ...profile, ...values } } };
      });
      await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: requests as never } }),
      );
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return { held, awkward };
}

/** Moves people to new values through the service, one after the other, until it is stopped. */
export function keepWriting({ url, token }: { url: string; token: string }, held: Held) {
  const people = [...held.keys()];
  const refused: string[] = [];
  let [writes, isOver] = [0, false];
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/merge-patch+json',
  };
  const work = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const userId = people[(turn * 7_919) % people.length] ?? '';
      const values = { crmId: `moved-${turn}`, badge: `badge-${turn % 5_000}` };
      const body = JSON.stringify(values);
      const send = () => fetch(`${url}/v1/profiles/${userId}`, { method: 'PATCH', headers, body });
      let answer = await send();
      // DynamoDB Local trips over its own lock now and then while it fills an index.
      while (answer.headers.has('retry-after')) {
        await answer.text();
        await sleep(200);
        answer = await send();
      }
      if (answer.ok) {
        held.set(userId, values);
        writes++;
      } else refused.push(`${userId}: ${answer.status} ${await answer.text()}`);
      await sleep(5);
    }
  })();
  // Where the test has failed before, the service is gone and nobody waits for this.
  work.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await work;
      return { writes, refused };
    },
  };
}

/** The value under which the index has each person. */
export async function readIndex(
  { client }: TableEngine,
  tableName: string,
  field: Field,
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: tableName,
        IndexName: indexes[field],
        ExclusiveStartKey: from,
      }),
    );
    for (const { userId, [field]: value } of page.Items ?? []) {
      entries.set(userId?.S ?? '', value?.S ?? '');
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return entries;
}

export async function findPeople(
  { client }: TableEngine,
  tableName: string,
  field: Field,
  value: string,
) {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: indexes[field],
      KeyConditionExpression: '#field = :value',
      ExpressionAttributeNames: { '#field': field },
      ExpressionAttributeValues: { ':value': { S: value } },
    }),
  );
  return Items.map(({ userId }) => userId?.S ?? '').sort();
}
