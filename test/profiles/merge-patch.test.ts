import t from 'tap';
import type { JsonValue } from '../../src/json/json-value.ts';
import { applyMergePatch } from '../../src/json/merge-patch.ts';

/** Original, patch and result, as RFC 7396, appendix A, has them. */
const appendix: [JsonValue, JsonValue, JsonValue][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

for (const [original, patch, result] of appendix) {
  t.test(`RFC 7396: ${JSON.stringify(original)} + ${JSON.stringify(patch)}`, async (t) => {
    const before = structuredClone([original, patch]);
    t.strictSame(applyMergePatch(original, patch), result);
    t.strictSame([original, patch], before, 'the arguments are left alone');
  });
}

t.test('RFC 7396: the example of section 3', async (t) => {
  const original = {
    title: 'Goodbye!',
    author: { givenName: 'John', familyName: 'Doe' },
    tags: ['example', 'sample'],
    content: 'This will be unchanged',
  };
  const patch = {
    title: 'Hello!',
    phoneNumber: '+01-123-456-7890',
    author: { familyName: null },
    tags: ['example'],
  };
  t.strictSame(applyMergePatch(original, patch), {
    title: 'Hello!',
    author: { givenName: 'John' },
    tags: ['example'],
    content: 'This will be unchanged',
    phoneNumber: '+01-123-456-7890',
  });
});

t.test('keys that objects inherit are keys like any other', async (t) => {
  t.strictSame(applyMergePatch({}, { toString: { a: 1 } }), { toString: { a: 1 } });
});
