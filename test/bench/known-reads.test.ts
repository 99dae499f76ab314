import type { RequestListener } from 'node:http';
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import t, { type Test } from 'tap';
import { answerKnownReads } from '../../bench/known-reads.ts';
import { startHttpServer } from '../helper/http-server.ts';

const TableName = 'Things';
const keyOf = (id: string) => ({ id: { S: id } });

/** A table of three things, and how many requests dynalite itself has seen. */
async function startTable(t: Test) {
  const listener = dynalite({ createTableMs: 0 }).listeners('request')[0] as RequestListener;
  let reached = 0;
  const endpoint = await startHttpServer(
    t,
    answerKnownReads((request, response) => {
      reached++;
      listener(request, response);
    }),
  );
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(() => client.destroy());
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (const id of ['a', 'b', 'c']) {
    const Item = { ...keyOf(id), turn: { N: '0' }, name: { S: `thing ${id} “é”` } };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
  const read = async (id: string) => {
    const input = { TableName, Key: keyOf(id), ConsistentRead: true };
    return (await client.send(new GetItemCommand(input))).Item;
  };
  const readMany = (ids: string[]) =>
    client.send(
      new BatchGetItemCommand({
        RequestItems: { [TableName]: { Keys: ids.map(keyOf), ConsistentRead: true } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
  const setTurn = (id: string, turn: number) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf(id),
        UpdateExpression: 'SET turn = :turn',
        ExpressionAttributeValues: { ':turn': { N: String(turn) } },
      }),
    );
  return { client, read, readMany, setTurn, reached: () => reached };
}

t.test('a known item is answered as dynalite answered it, and without it', async (t) => {
  const { read, readMany, reached } = await startTable(t);
  const first = await read('a');
  const firstMany = await readMany(['a', 'b', 'c']);
  const before = reached();
  t.same(await read('a'), first);
  const { Responses, ConsumedCapacity, UnprocessedKeys } = await readMany(['a', 'b', 'c']);
  const sorted = (items: object[] = []) => items.map((item) => JSON.stringify(item)).sort();
  t.same(sorted(Responses?.[TableName]), sorted(firstMany.Responses?.[TableName]));
  t.same(ConsumedCapacity, firstMany.ConsumedCapacity);
  t.same(UnprocessedKeys, {});
  t.equal(reached(), before, 'dynalite was not asked again');
});

t.test('an update, a replacement and a deletion are seen by the next read', async (t) => {
  const { client, read, readMany, setTurn } = await startTable(t);
  await readMany(['a', 'b', 'c']);
  await setTurn('a', 7);
  t.match(await read('a'), { turn: { N: '7' } });
  await client.send(new PutItemCommand({ TableName, Item: { ...keyOf('b'), turn: { N: '8' } } }));
  t.same(await read('b'), { ...keyOf('b'), turn: { N: '8' } });
  await client.send(new DeleteItemCommand({ TableName, Key: keyOf('c') }));
  t.equal(await read('c'), undefined);
  t.equal((await readMany(['a', 'b', 'c'])).Responses?.[TableName]?.length, 2);
});

t.test('what is special is left to dynalite', async (t) => {
  const { client, read, readMany } = await startTable(t);
  await readMany(['a', 'b', 'c']);
  const projected = new GetItemCommand({ TableName, Key: keyOf('a'), ProjectionExpression: 'id' });
  t.same((await client.send(projected)).Item, keyOf('a'));
  await t.rejects(readMany(['a', 'a']), { name: 'ValidationException' });
  await t.rejects(client.send(new GetItemCommand({ TableName: 'Nothing', Key: keyOf('a') })), {
    name: 'ResourceNotFoundException',
  });
  t.match(await read('a'), keyOf('a'), 'and it still works');
});

t.test('no read answers less than a write that had ended before it began', async (t) => {
  const { read, setTurn } = await startTable(t);
  let ended = 0;
  let reads = 0;
  const write = async () => {
    for (let turn = 1; turn <= 300; turn++) {
      await setTurn('a', turn);
      ended = turn;
      // A pause now and then, in which a read may be kept.
      if (turn % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const watch = async () => {
    while (ended < 300) {
      const least = ended;
      const turn = Number((await read('a'))?.turn?.N);
      if (turn < least) t.fail(`read ${turn} after ${least}`);
      reads++;
    }
  };
  await Promise.all([write(), watch(), watch(), watch(), watch()]);
  t.ok(reads > 300, `${reads} reads`);
});
