import t from 'tap';
import { createWriteId, isProvenUnwritten, remember } from '../../src/dynamodb/write-ids.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 27, 10, 0, second));

/** An item's memory after writes at these seconds. */
function rememberAll(seconds: readonly number[]): string[] {
  return seconds.reduce<string[]>((ids, second) => remember(createWriteId(at(second)), ids), []);
}

t.test('of few versions every write is remembered', async (t) => {
  const remembered = rememberAll([10, 11, 12]);
  const earlier = createWriteId(at(5));
  t.ok(isProvenUnwritten(earlier, remembered, 3), 'though it would be the oldest');
  t.notOk(isProvenUnwritten(earlier, remembered, 4), 'one was forgotten');
});

t.test('of many versions only those since the oldest that is remembered', async (t) => {
  const remembered = rememberAll(Array.from({ length: 12 }, (_, second) => second));
  t.equal(remembered.length, 8);
  t.notOk(isProvenUnwritten(createWriteId(at(3)), remembered, 12));
  t.ok(isProvenUnwritten(createWriteId(at(4)), remembered, 12), 'of the very moment of the oldest');
  t.ok(isProvenUnwritten(createWriteId(at(20)), remembered, 12));
  t.notOk(isProvenUnwritten(createWriteId(at(20)), [], 1), 'an item of before remembers nothing');
});
