import t from 'tap';
import { parseAnswer } from '../../src/dynamodb/transport/answer-text.ts';

const filler = { S: 'x'.repeat(300_000) };
const odd = {
  userId: { S: 'a "quoted" [name] {of} \\ "' },
  texts: { SS: ['a', '[{"b":1}]'] },
  numbers: { NS: ['1', '2'] },
  bytes: { BS: ['AQI='] },
  list: { L: [{ S: 'x' }, { M: { inner: { L: [{ N: '1' }, { SS: ['y'] }] } } }, { L: [] }] },
  empty: { L: [] },
};

t.test('a large answer is what it would be in one piece, sets included', async (t) => {
  const answers = [
    { Attributes: { ...odd, filler } },
    { Item: { filler, ...odd } },
    { Items: [odd, { filler }, odd], Count: 3, LastEvaluatedKey: { userId: { S: 'a' } } },
    { Responses: { table: [{ filler }, odd] }, UnprocessedKeys: { table: { Keys: [odd] } } },
    { ConsumedCapacity: [{ CapacityUnits: 1.5 }], Responses: { table: [{ filler }] } },
  ];
  for (const answer of answers) {
    t.strictSame(await parseAnswer(Buffer.from(JSON.stringify(answer))), answer);
  }
});
