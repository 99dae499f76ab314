import t from 'tap';
import { compareSchemas, exitCodeOf } from '../../src/schema/compare.ts';
import { compileCheck } from '../../src/schema/compile-check.ts';
import type { FieldDefinition } from '../../src/schema/vocabulary.ts';
import { createRandom } from '../helper/random.ts';
import { createSchemaFile, createValue } from './random-schema.ts';

const text: FieldDefinition = { type: 'string', maxLength: 10 };

const cases: [what: string, old: object | undefined, next: object | undefined, code: 0 | 2 | 3][] =
  [
    ['nothing', text, text, 0],
    ['a new field', undefined, text, 0],
    ['a field that is gone', text, undefined, 3],
    ['a longer text', text, { ...text, maxLength: 20 }, 0],
    ['a shorter text', text, { ...text, maxLength: 5 }, 3],
    ['a longer least length', text, { ...text, minLength: 3 }, 3],
    ['another type', text, { type: 'integer' }, 2],
    ['whole numbers that may have fractions', { type: 'integer' }, { type: 'number' }, 0],
    ['numbers that must be whole', { type: 'number' }, { type: 'integer' }, 2],
    ['a wider range', { type: 'integer', minimum: 0 }, { type: 'integer' }, 0],
    ['a narrower range', { type: 'integer' }, { type: 'integer', maximum: 9 }, 3],
    ['one value more', { type: 'string', enum: ['a'] }, { type: 'string', enum: ['a', 'b'] }, 0],
    ['one value less', { type: 'string', enum: ['a', 'b'] }, { type: 'string', enum: ['a'] }, 3],
    ['a pattern', text, { ...text, pattern: '^a$' }, 3],
    ['a pattern dropped', { ...text, pattern: '^a$' }, text, 0],
    ['a new look-up', text, { ...text, 'x-lookup': 'NewIndex' }, 0],
    [
      'a look-up renamed',
      { ...text, 'x-lookup': 'OldIndex' },
      { ...text, 'x-lookup': 'NewIndex' },
      2,
    ],
    ['a look-up dropped', { ...text, 'x-lookup': 'OldIndex' }, text, 3],
    ['more readers', text, { ...text, 'x-read': ['everyone', 'self', 'service'] }, 0],
    ['fewer readers', text, { ...text, 'x-read': ['service'] }, 3],
    ['fewer writers', { ...text, 'x-write': ['self', 'service'] }, text, 3],
    ['a picture', text, { ...text, 'x-picture': true }, 0],
    ['no picture any more', { ...text, 'x-picture': true }, text, 3],
    ['retired', text, { ...text, 'x-retired': true }, 3],
    ['a list that is shorter', list(5), list(3), 3],
    ['a list of longer texts', list(5), list(5, 20), 0],
    ['a property more', object({ a: text }), object({ a: text, b: text }), 0],
    ['a property less', object({ a: text, b: text }), object({ a: text }), 3],
    ['a property of another type', object({ a: text }), object({ a: { type: 'boolean' } }), 2],
  ];

t.test('a change is wider, narrower or impossible', async (t) => {
  for (const [what, old, next, code] of cases) {
    const changes = compareSchemas(
      old ? { f: old as FieldDefinition } : {},
      next ? { f: next as FieldDefinition } : {},
    );
    t.equal(exitCodeOf(changes), code, `${what}: ${JSON.stringify(changes)}`);
    t.equal(changes.length > 0, what !== 'nothing', what);
  }
});

t.test('what holds without being written is no change', async (t) => {
  const everyone = { ...text, 'x-read': ['self', 'service', 'everyone'] };
  for (const [one, other] of [
    [text, { ...text, minLength: 1 }],
    [everyone, { ...text, 'x-read': ['everyone'] }],
    [text, { ...text, 'x-read': ['self', 'service'], 'x-write': ['service'] }],
  ] as [FieldDefinition, FieldDefinition][]) {
    t.same(compareSchemas({ f: one }, { f: other }), []);
    t.same(compareSchemas({ f: other }, { f: one }), []);
  }
});

const pairs = 4000;

t.test('what is called wider takes every value that was taken before', async (t) => {
  let wider = 0;
  for (let seed = 0; seed < pairs; seed++) {
    const random = createRandom(seed);
    const [old, next] = [createSchemaFile(random, 1), createSchemaFile(random, 1)];
    const [before, after] = [Object.values(old.properties)[0], Object.values(next.properties)[0]];
    if (!before || !after) continue;
    if (exitCodeOf(compareSchemas({ f: before }, { f: after })) !== 0) continue;
    wider++;
    for (let round = 0; round < 10; round++) {
      const found: never[] = [];
      const value = createValue(random, before);
      compileCheck(after)(value, [], found);
      if (found.length > 0) t.fail(`seed ${seed}: ${JSON.stringify({ value, found })}`);
    }
  }
  t.comment(`${wider} of ${pairs} pairs were wider`);
  t.ok(wider > 10);
});

function list(maxItems: number, maxLength = 10): object {
  return { type: 'array', maxItems, items: { type: 'string', maxLength } };
}

function object(properties: object): object {
  return { type: 'object', properties };
}
