import type { RequestListener } from 'node:http';
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import t, { type Test } from 'tap';
import { answerKnownItems } from '../../bench/table/known-items.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { createRandom } from '../helper/random.ts';
import { untilActive } from '../helper/table-engine.ts';

const TableName = 'Things';
const keyOf = (id: string) => ({ id: { S: id } });

/** A table of three things, and how many requests dynalite itself has seen. */
async function startTable(t: Test, front = answerKnownItems) {
  const listener = dynalite({ createTableMs: 0 }).listeners('request')[0] as RequestListener;
  let reached = 0;
  let updated = 0;
  const endpoint = await startHttpServer(
    t,
    front((request, response) => {
      reached++;
      if (String(request.headers['x-amz-target']).endsWith('.UpdateItem')) updated++;
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
  await untilActive(endpoint, TableName);
  for (const id of ['a', 'b', 'c']) {
    const Item = { ...keyOf(id), turn: { N: '0' }, name: { S: `thing ${id} “é”` } };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
  const read = async (id: string) => {
    const input = { TableName, Key: keyOf(id), ConsistentRead: true };
    return (await client.send(new GetItemCommand(input))).Item;
  };
  const readMany = (ids: string[], projection: object = {}) =>
    client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TableName]: { Keys: ids.map(keyOf), ConsistentRead: true, ...projection },
        },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
  const search = (id: string) =>
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: id } },
        ReturnConsumedCapacity: 'INDEXES',
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
  const counts = { reached: () => reached, updated: () => updated };
  return { client, read, readMany, search, setTurn, ...counts };
}

t.test('a known item is answered as dynalite answered it, and without it', async (t) => {
  const { read, readMany, reached } = await startTable(t);
  const first = await read('a');
  const firstMany = await readMany(['a', 'b', 'c']);
  const before = reached();
  t.same(await read('a'), first);
  const { Responses, ConsumedCapacity, UnprocessedKeys } = await readMany(['a', 'b', 'c']);
  t.same(sorted(Responses?.[TableName]), sorted(firstMany.Responses?.[TableName]));
  t.same(ConsumedCapacity, firstMany.ConsumedCapacity);
  t.same(UnprocessedKeys, {});
  t.equal(reached(), before, 'dynalite was not asked again');
});

const withoutMetadata = (answer: object) => ({ ...answer, $metadata: undefined });
const sorted = (items: object[] = []) => items.map((item) => JSON.stringify(item)).sort();
const idAndTurn = {
  ProjectionExpression: '#0, #1,#2',
  ExpressionAttributeNames: { '#0': 'id', '#1': 'turn', '#2': 'nothing' },
};

t.test('a part of known items is answered as dynalite answered it', async (t) => {
  const { read, readMany, setTurn, reached } = await startTable(t);
  const first = await readMany(['a', 'b', 'c'], idAndTurn);
  const parts = ['a', 'b', 'c'].map((id) => ({ ...keyOf(id), turn: { N: '0' } }));
  t.same(sorted(first.Responses?.[TableName]), sorted(parts));
  const before = reached();
  const again = await readMany(['c', 'b', 'a'], idAndTurn);
  t.equal(reached(), before, 'dynalite was not asked again');
  t.same(sorted(again.Responses?.[TableName]), sorted(parts));
  t.same(again.ConsumedCapacity, first.ConsumedCapacity);
  t.match(await read('a'), { name: {} }, 'the whole is not taken from a part');
  await setTurn('a', 1);
  await setTurn('a', 2);
  const [changed] = (await readMany(['a'], idAndTurn)).Responses?.[TableName] ?? [];
  t.same(changed, { ...keyOf('a'), turn: { N: '2' } }, 'a write is seen');
  const wrong = { ...idAndTurn, ProjectionExpression: '#0, #1, #2, #1' };
  await t.rejects(readMany(['a'], wrong), { name: 'ValidationException' });
});

t.test('an update, a replacement and a deletion are seen by the next read', async (t) => {
  const { client, read, readMany, setTurn } = await startTable(t);
  await readMany(['a', 'b', 'c']);
  await readMany(['a', 'b', 'c'], idAndTurn);
  await setTurn('a', 7);
  t.match(await read('a'), { turn: { N: '7' } });
  await client.send(new PutItemCommand({ TableName, Item: { ...keyOf('b'), turn: { N: '8' } } }));
  t.same(await read('b'), { ...keyOf('b'), turn: { N: '8' } });
  await client.send(new DeleteItemCommand({ TableName, Key: keyOf('c') }));
  t.equal(await read('c'), undefined);
  t.equal((await readMany(['a', 'b', 'c'])).Responses?.[TableName]?.length, 2);
});

t.test('a search by key is answered again until something is written', async (t) => {
  const { client, read, search, setTurn, reached } = await startTable(t);
  const first = await search('a');
  t.match(first, { Count: 1, ConsumedCapacity: {} });
  const none = await search('none');
  const before = reached();
  t.same(withoutMetadata(await search('a')), withoutMetadata(first));
  t.same(withoutMetadata(await search('none')), withoutMetadata(none));
  t.equal(reached(), before, 'dynalite was not asked again');
  const expectTurn = async (turn: number) => {
    for (const time of ['first', 'second']) {
      t.match((await search('a')).Items, [{ turn: { N: String(turn) } }], `${time} search`);
    }
  };
  for (const turn of [1, 2, 3]) {
    await setTurn('a', turn);
    await expectTurn(turn);
    await read('a');
  }
  await client.send(new PutItemCommand({ TableName, Item: { ...keyOf('a'), turn: { N: '8' } } }));
  await expectTurn(8);
  await client.send(new DeleteItemCommand({ TableName, Key: keyOf('a') }));
  t.match(await search('a'), { Count: 0 });
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

t.test('no read or search answers less than a write that had ended before it began', async (t) => {
  const { read, search, setTurn } = await startTable(t);
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
  const watch = async (look: () => ReturnType<typeof read>) => {
    while (ended < 300) {
      const least = ended;
      const turn = Number((await look())?.turn?.N);
      if (turn < least) t.fail(`read ${turn} after ${least}`);
      reads++;
    }
  };
  const find = () => read('a');
  const searchFor = async () => (await search('a')).Items?.[0];
  await Promise.all([write(), watch(find), watch(find), watch(searchFor), watch(searchFor)]);
  t.ok(reads > 300, `${reads} reads`);
});

/** Every form of update that a contender sends, some of them refused. */
function makeUpdate(
  random: ReturnType<typeof createRandom>,
): Omit<UpdateItemCommandInput, 'TableName'> {
  const number = random.below(4);
  const word = random.pick(['x', 'y', 'ü“']);
  const Key = keyOf(random.pick(['a', 'b', 'c', 'new']));
  const common = {
    Key,
    ReturnValues: 'ALL_NEW' as const,
    ReturnConsumedCapacity: random.pick(['INDEXES', 'TOTAL', 'NONE'] as const),
  };
  return random.pick<() => Omit<UpdateItemCommandInput, 'TableName'>>([
    () => ({
      ...common,
      UpdateExpression: 'SET turn = turn + :one, #w0 = :word, #w1 = if_not_exists(#w0, :none)',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeNames: { '#w0': 'w0', '#w1': 'w1' },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':word': { S: word },
        ':none': { S: '-' },
      },
    }),
    () => ({
      ...common,
      UpdateExpression: 'SET #box.#in = :value REMOVE w1',
      ConditionExpression:
        'attribute_type(#box, :map) AND (NOT #box.#in = :value OR attribute_not_exists(w1)) AND turn <= :most',
      ExpressionAttributeNames: { '#box': 'box', '#in': random.pick(['in', 'too']) },
      ExpressionAttributeValues: {
        ':value': random.pick([{ S: word }, { N: String(number) }, { BOOL: true }]),
        ':map': { S: 'M' },
        ':most': { N: '60' },
      },
    }),
    () => ({
      ...common,
      UpdateExpression: 'SET box = :box',
      ConditionExpression: 'NOT w0 >= :word AND attribute_exists(turn)',
      ExpressionAttributeValues: { ':box': { M: { in: { S: word } } }, ':word': { S: word } },
    }),
    () => ({
      Key,
      UpdateExpression: 'REMOVE box.#in, w0',
      ExpressionAttributeNames: { '#in': 'in' },
    }),
    () => ({
      ...common,
      UpdateExpression: 'SET turn = :turn',
      ExpressionAttributeValues: { ':turn': random.pick([{ N: '-3' }, { N: '0.5' }]) },
    }),
  ])();
}

t.test(
  'a thousand updates are answered, applied and searched as dynalite alone does',
  async (t) => {
    const before = await startTable(t);
    const alone = await startTable(t, (listener) => listener);
    const random = createRandom(1);
    const outcomes: Record<string, number> = {};
    for (let turn = 0; turn < 1_000; turn++) {
      const update = makeUpdate(random);
      const [mine, its] = await Promise.all(
        [before, alone].map(async ({ client }) => {
          const command = new UpdateItemCommand({ TableName, ...update });
          const answer = await client
            .send(command)
            .catch(({ name, message }) => ({ name, message }));
          return withoutMetadata(answer);
        }),
      );
      t.same(mine, its, JSON.stringify(update));
      const outcome = its && 'name' in its ? String(its.name) : 'applied';
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (turn % 50 === 0) {
        const [seen, there] = await Promise.all(
          [before, alone].map(({ client }) => client.send(new ScanCommand({ TableName }))),
        );
        t.same(seen?.Items, there?.Items, 'a scan sees it');
      }
      if (turn % 10 === 0) {
        const id = update.Key?.id?.S ?? '';
        const there = withoutMetadata(await alone.search(id));
        t.same(withoutMetadata(await before.search(id)), there, 'a search sees it');
        const reached = before.reached();
        t.same(withoutMetadata(await before.search(id)), there, 'and the same one again');
        t.equal(before.reached(), reached, 'of which dynalite hears nothing');
      }
    }
    t.comment(JSON.stringify(outcomes), `${before.updated()} of them reached dynalite`);
    t.ok((outcomes.applied ?? 0) > 300 && Object.keys(outcomes).length >= 3);
    t.ok(before.updated() < 700);
  },
);

t.test('updates of one key at the same moment are all applied, on either side', async (t) => {
  const { client, read, readMany, updated } = await startTable(t);
  await readMany(['a', 'b']);
  const add = () =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf('a'),
        UpdateExpression: 'SET turn = turn + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
  const addMany = () =>
    Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let turn = 0; turn < 20; turn++) await add();
      }),
    );
  /** Between these nothing is known for long. */
  const disturb = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await client.send(new ScanCommand({ TableName }));
      await client.send(new PutItemCommand({ TableName, Item: keyOf('b') }));
      await read('a');
    }
  };
  const expectTurns = async (turns: number) => {
    t.match(await read('a'), { turn: { N: String(turns) } });
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    t.match(
      Items.find(({ id }) => id?.S === 'a'),
      { turn: { N: String(turns) } },
    );
  };
  await Promise.all([addMany(), disturb()]);
  await expectTurns(200);
  const reached = updated();
  await addMany();
  await expectTurns(400);
  t.equal(updated(), reached, 'at rest every update is applied to what is known');
});
