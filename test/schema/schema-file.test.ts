import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import type { Violation } from '../../src/refusal.ts';
import { coreFields } from '../../src/schema/core-fields.ts';
import type { Field } from '../../src/schema/field.ts';
import { createMetaSchema } from '../../src/schema/meta-schema.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { parseSchemaText, readSchemaFile } from '../../src/schema/read-schema.ts';
import { SchemaFaults } from '../../src/schema/schema-faults.ts';
import type { FieldDefinition, SchemaFile } from '../../src/schema/vocabulary.ts';
import { createRandom } from '../helper/random.ts';
import { createMisfit, createSchemaFile, createValue } from './random-schema.ts';

const files = 200;
const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const withType = (file: SchemaFile) => ({ type: 'object', ...file });
const validateMeta = new Ajv2020({ strict: false }).compile(createMetaSchema());

/** What the schema says of one value. */
function check(definition: FieldDefinition, value: unknown) {
  const field = compile(withType({ properties: { probe: definition } })).fields.get('probe');
  const found: Violation[] = [];
  const kept = field?.check(value, ['probe'], found);
  return { kept, found };
}

function faultsOf(value: unknown): readonly Violation[] {
  try {
    compile(value);
    return [];
  } catch (error) {
    if (error instanceof SchemaFaults) return error.faults;
    throw error;
  }
}

const compile = (value: unknown) => compileSchema(readSchemaFile(value));
const isCore = (field: Field) => coreFields.includes(field);

t.test('the default file is valid, for us and for its own meta-schema', async (t) => {
  const file = read('profile.schema.json');
  t.equal(compile(file).fields.size, 9);
  t.ok(validateMeta(file), JSON.stringify(validateMeta.errors));
});

t.test('the published meta-schema is the vocabulary', async (t) => {
  t.strictSame(read('profile.meta.json'), JSON.parse(JSON.stringify(createMetaSchema())));
});

t.test(`${files} random valid files: taken, and their values kept as they are`, async (t) => {
  let values = 0;
  let misfits = 0;
  for (let seed = 0; seed < files; seed++) {
    const random = createRandom(seed);
    const file = withType(createSchemaFile(random));
    if (!validateMeta(file)) t.fail(`seed ${seed}: ${JSON.stringify(validateMeta.errors)}`);
    for (const [name, field] of compile(file).fields) {
      if (isCore(field)) continue;
      for (let round = 0; round < 3; round++) {
        const value = createValue(random, field.definition);
        const found: Violation[] = [];
        const kept = field.check(value, [name], found);
        values++;
        if (found.length > 0) t.fail(`seed ${seed}: ${JSON.stringify({ value, found })}`);
        else if (JSON.stringify(kept) !== JSON.stringify(value))
          t.same(kept, value, `seed ${seed}`);
        const misfit = createMisfit(random, field.definition);
        const faults: Violation[] = [];
        field.check(misfit, [name], faults);
        misfits++;
        const isTold =
          faults.length > 0 && faults.every(({ pointer }) => pointer.startsWith(`/${name}`));
        if (!isTold) t.fail(`seed ${seed}: ${name} took ${JSON.stringify(misfit)?.slice(0, 200)}`);
      }
    }
  }
  t.comment(`${values} values kept, ${misfits} misfits refused`);
  t.ok(values > files);
});

const faulty: [what: string, definition: unknown, pointer: string, detail: RegExp][] = [
  [
    'an unknown keyword',
    { type: 'string', maxLength: 9, minLenght: 1 },
    '/minLenght',
    /not a keyword/,
  ],
  ['an unknown type', { type: 'text' }, '/type', /needs a type/],
  ['no type', { maxLength: 9 }, '/type', /needs a type/],
  ['no definition', 7, '', /must be a JSON object|needs a type/],
  ['a text without a bound', { type: 'string' }, '/maxLength', /is required/],
  ['a length of 0', { type: 'string', maxLength: 0 }, '/maxLength', /at least 1/],
  [
    'a negative length',
    { type: 'string', minLength: -1, maxLength: 9 },
    '/minLength',
    /at least 1/,
  ],
  ['a length that is a text', { type: 'string', maxLength: '9' }, '/maxLength', /number/],
  [
    'bounds that cross',
    { type: 'string', minLength: 9, maxLength: 3 },
    '/minLength',
    /above maxLength/,
  ],
  [
    'a format nobody knows',
    { type: 'string', maxLength: 9, format: 'ipv4' },
    '/format',
    /must be one of email/,
  ],
  [
    'a format and a pattern',
    { type: 'string', maxLength: 9, format: 'uri', pattern: '^a$' },
    '',
    /more than one/,
  ],
  [
    'a pattern and a list',
    { type: 'string', maxLength: 9, enum: ['a'], pattern: '^a$' },
    '',
    /more than one/,
  ],
  ['an empty list', { type: 'string', enum: [] }, '/enum', /must not be empty/],
  ['a list with a value twice', { type: 'string', enum: ['a', 'a'] }, '/enum', /twice/],
  ['a list of numbers', { type: 'string', enum: [1] }, '/enum/0', /must be text/],
  ['a list with an empty text', { type: 'string', enum: [''] }, '/enum/0', /must not be empty/],
  ['a list with a lone surrogate', { type: 'string', enum: ['\ud800'] }, '/enum', /well-formed/],
  [
    'a pattern that is none',
    { type: 'string', maxLength: 9, pattern: '^[$' },
    '/pattern',
    /not a regular/,
  ],
  [
    'a pattern without an anchor',
    { type: 'string', maxLength: 9, pattern: 'abc' },
    '/pattern',
    /begin with/,
  ],
  [
    'an exponential pattern',
    { type: 'string', maxLength: 9, pattern: '^(a+)+$' },
    '/pattern',
    /exponential/,
  ],
  [
    'a look-ahead',
    { type: 'string', maxLength: 9, pattern: '^(?=a)a$' },
    '/pattern',
    /not supported/,
  ],
  ['a whole number with a fraction', { type: 'integer', minimum: 0.5 }, '/minimum', /whole/],
  ['numbers that cross', { type: 'number', minimum: 2, maximum: 1 }, '/minimum', /above maximum/],
  ['a number beyond the table', { type: 'number', maximum: 1e200 }, '/maximum', /beyond/],
  [
    'a list without a bound',
    { type: 'array', items: { type: 'boolean' } },
    '/maxItems',
    /is required/,
  ],
  ['a list of what', { type: 'array', maxItems: 3 }, '/items', /is required/],
  [
    'a list of lists',
    { type: 'array', maxItems: 3, items: { type: 'array' } },
    '/items/type',
    /needs a type/,
  ],
  [
    'entries without a bound',
    { type: 'array', maxItems: 3, items: { type: 'string' } },
    '/items/maxLength',
    /required/,
  ],
  ['an object of nothing', { type: 'object' }, '', /either properties/],
  [
    'an object both ways',
    { type: 'object', properties: {}, additionalProperties: true, 'x-maxBytes': 9 },
    '',
    /either properties/,
  ],
  [
    'a free object without a bound',
    { type: 'object', additionalProperties: true },
    '/x-maxBytes',
    /is required/,
  ],
  [
    'a typed object with bytes',
    { type: 'object', properties: {}, 'x-maxBytes': 9 },
    '/x-maxBytes',
    /is for an object/,
  ],
  [
    'a free object within',
    {
      type: 'object',
      properties: { a: { type: 'object', additionalProperties: true, 'x-maxBytes': 9 } },
    },
    '/properties/a/additionalProperties',
    /whole fields/,
  ],
  [
    'a property with a bad name',
    { type: 'object', properties: { 'a.b': { type: 'boolean' } } },
    '/properties/a.b',
    /no name/,
  ],
  [
    'a property without a bound',
    { type: 'object', properties: { a: { type: 'string' } } },
    '/properties/a/maxLength',
    /required/,
  ],
  ['readers nobody knows', { type: 'boolean', 'x-read': ['admin'] }, '/x-read/0', /one of self/],
  [
    'writers nobody knows',
    { type: 'boolean', 'x-write': ['everyone'] },
    '/x-write/0',
    /must be one of self/,
  ],
  [
    'a writer who is no reader',
    { type: 'boolean', 'x-read': ['service'], 'x-write': ['self'] },
    '/x-write',
    /can't read/,
  ],
  [
    'a look-up of a number',
    { type: 'integer', 'x-lookup': 'NumberIndex' },
    '/x-lookup',
    /not a keyword/,
  ],
  [
    'a look-up too long for an index',
    { type: 'string', maxLength: 600, 'x-lookup': 'LongIndex' },
    '/maxLength',
    /at most 512/,
  ],
  [
    'a look-up of a list with a value too long for an index',
    { type: 'string', enum: ['a', 'b'.repeat(513)], 'x-lookup': 'LongIndex' },
    '/enum',
    /at most 512 characters/,
  ],
  [
    'an index without a name',
    { type: 'string', maxLength: 9, 'x-lookup': 'x' },
    '/x-lookup',
    /right form/,
  ],
  [
    'the index of email',
    { type: 'string', maxLength: 9, 'x-lookup': 'EmailIndex' },
    '/x-lookup',
    /index of email/,
  ],
  [
    'a look-up that services do not see',
    { type: 'string', maxLength: 9, 'x-read': ['self'], 'x-write': [], 'x-lookup': 'MyIndex' },
    '/x-lookup',
    /services can read/,
  ],
  [
    'a look-up of what is retired',
    { type: 'string', maxLength: 9, 'x-retired': true, 'x-lookup': 'MyIndex' },
    '/x-lookup',
    /retired/,
  ],
  [
    'a picture that is no address',
    { type: 'string', maxLength: 2_048, 'x-picture': true },
    '/x-picture',
    /format: uri/,
  ],
  [
    'a picture whose address may be too long',
    { type: 'string', format: 'uri', maxLength: 511, 'x-picture': true },
    '/maxLength',
    /at least 512/,
  ],
  ['a picture that is a number', { type: 'integer', 'x-picture': true }, '/x-picture', /keyword/],
  [
    'a list with a value that is too long',
    { type: 'string', enum: ['abc'], maxLength: 2 },
    '/enum',
    /leave out/,
  ],
  [
    'a list with a value that is too short',
    { type: 'string', enum: ['abcd', '😀😀😀'], minLength: 4 },
    '/enum',
    /leave out/,
  ],
  [
    'a date of 20 characters',
    { type: 'string', format: 'date', minLength: 20 },
    '/minLength',
    /above the 10 characters of a date/,
  ],
  [
    'a moment of 5 characters',
    { type: 'string', format: 'date-time', maxLength: 5 },
    '/maxLength',
    /below the 20 characters of a date-time/,
  ],
  [
    'a list of texts that take long to match',
    {
      type: 'array',
      maxItems: 1_000,
      items: { type: 'string', maxLength: 62, pattern: '^(?:a*a*a*b|a*)$' },
    },
    '/items/pattern',
    /on 1000 texts of 62 characters/,
  ],
  ['a claim with a space', { type: 'boolean', 'x-from': 'a b' }, '/x-from', /right form/],
  [
    'a title for no language',
    { type: 'boolean', 'x-title': { '!': 'x' } },
    '/x-title/!',
    /language tag/,
  ],
  ['an empty title', { type: 'boolean', title: '' }, '/title', /must not be empty/],
  [
    'an example that does not fit',
    { type: 'integer', examples: [1, 'two'] },
    '/examples/1',
    /whole number/,
  ],
  ['retired as a text', { type: 'boolean', 'x-retired': 'yes' }, '/x-retired', /true or false/],
];
const names: [name: string, detail: RegExp][] = [
  ['', /no name/],
  ['1st', /no name/],
  ['a b', /no name/],
  ['a-b', /no name/],
  ['é', /no name/],
  ['x'.repeat(65), /no name/],
  ['__proto__x', /no name/],
  ...['userId', 'email', 'emailVerified', 'listed', 'createdAt', 'updatedAt', 'version'].map(
    (name): [string, RegExp] => [name, /core field/],
  ),
  ...['sources', 'identityAt', 'erasedAt', 'expiresAt', 'writeId'].map((name): [string, RegExp] => [
    name,
    /uses itself/,
  ]),
  ...['constructor', 'toString', 'valueOf', 'hasOwnProperty'].map((name): [string, RegExp] => [
    name,
    /every object of JavaScript has/,
  ]),
];
const whole: [what: string, file: unknown, pointer: string, detail: RegExp][] = [
  ['no object', [], '', /must be a JSON object/],
  ['null', null, '', /must be a JSON object/],
  ['no fields', { type: 'object' }, '/properties', /is required/],
  ['another type', { type: 'array', properties: {} }, '/type', /must be object/],
  [
    'a keyword of JSON Schema that is not ours',
    { type: 'object', properties: {}, required: [] },
    '/required',
    /not a keyword/,
  ],
  [
    'an index twice',
    {
      type: 'object',
      properties: {
        a: { type: 'string', maxLength: 9, 'x-lookup': 'OneIndex' },
        b: { type: 'string', maxLength: 9, 'x-lookup': 'OneIndex' },
      },
    },
    '/properties/b/x-lookup',
    /index of a already/,
  ],
  [
    'two pictures',
    {
      type: 'object',
      properties: {
        a: { type: 'string', format: 'uri', maxLength: 2_048, 'x-picture': true },
        b: { type: 'string', format: 'uri', maxLength: 2_048, 'x-picture': true },
      },
    },
    '/properties/b/x-picture',
    /a has it already/,
  ],
  [
    'too many look-ups',
    {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 20 }, (_, at) => [
          `f${at}`,
          { type: 'string', maxLength: 9, 'x-lookup': `Index${at}` },
        ]),
      ),
    },
    '/properties',
    /20 lookups: at most 19/,
  ],
  [
    'an item too large',
    { type: 'object', properties: { a: { type: 'string', maxLength: 90_000 } } },
    '/properties',
    /could take 360001 bytes/,
  ],
  [
    'so many fields that who wrote them takes an item’s rest',
    {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 2_000 }, (_, at) => [
          `field${String(at).padStart(7, '0')}`,
          { type: 'string', maxLength: 40 },
        ]),
      ),
    },
    '/properties',
    /could take 492000 bytes with who wrote each of its 2000 fields/,
  ],
  [
    'the size of a free object',
    {
      type: 'object',
      properties: {
        a: { type: 'object', additionalProperties: true, 'x-maxBytes': 9 },
        aBytes: { type: 'integer' },
      },
    },
    '/properties/aBytes',
    /size of a is kept/,
  ],
  [
    'limit as a look-up',
    {
      type: 'object',
      properties: { limit: { type: 'string', maxLength: 9, 'x-lookup': 'LimitIndex' } },
    },
    '/properties/limit/x-lookup',
    /something else/,
  ],
];

t.test('faulty files: each fault is told at its place, in a sentence', async (t) => {
  const cases = [
    ...faulty.map(([what, definition, at, detail]) => ({
      what,
      file: { type: 'object', properties: { f: definition } },
      pointer: `/properties/f${at}`,
      detail,
    })),
    ...names.map(([name, detail]) => ({
      what: `the name ${name}`,
      file: { type: 'object', properties: { [name]: { type: 'boolean' } } },
      pointer: `/properties/${name}`,
      detail,
    })),
    ...whole.map(([what, file, pointer, detail]) => ({ what, file, pointer, detail })),
  ];
  for (const { what, file, pointer, detail } of cases) {
    const faults = faultsOf(file);
    const told = faults.some((fault) => fault.pointer === pointer && detail.test(fault.detail));
    t.ok(told, `${what}: ${JSON.stringify(faults)}`);
    t.notMatch(JSON.stringify(faults), /expected|Invalid|Too (big|small)/, what);
  }
  t.comment(`${cases.length} faulty files`);
});

t.test('a key that comes twice is a fault, in whichever object', async (t) => {
  const a = '"a": { "type": "boolean" }';
  for (const text of [
    `{ "type": "object", "properties": { ${a}, ${a} } }`,
    `{ "type": "object", "properties": { "a": { "type": "integer", "type": "boolean" } } }`,
  ]) {
    t.throws(() => parseSchemaText(text), { message: /has a key twice in one object/ });
  }
  t.doesNotThrow(() => parseSchemaText(`{ "type": "object", "properties": { ${a} } }`));
});

t.test('many faults of one file are all told, each once', async (t) => {
  let pairs = 0;
  for (const [index, [what, definition, at]] of faulty.entries()) {
    const [other, second, otherAt] = faulty[(index + 7) % faulty.length] ?? [];
    const pointers = faultsOf({ type: 'object', properties: { a: definition, b: second } }).map(
      ({ pointer }) => pointer,
    );
    t.ok(pointers.includes(`/properties/a${at}`), `${what} beside ${other}`);
    t.ok(pointers.includes(`/properties/b${otherAt}`), `${other} beside ${what}`);
    pairs++;
  }
  t.comment(`${pairs} files with two faults`);
});

t.test('lengths are code points, checked before the pattern', async (t) => {
  const emoji: FieldDefinition = { type: 'string', maxLength: 3 };
  t.same(check(emoji, '😀😀😀').found, []);
  t.match(check(emoji, '😀😀😀😀').found, [
    { pointer: '/probe', detail: 'must have 1 to 3 characters' },
  ]);
  const two: FieldDefinition = { type: 'string', minLength: 2, maxLength: 2 };
  t.match(check(two, '😀').found, [{ detail: 'must have 2 characters' }]);
  const short: FieldDefinition = { type: 'string', maxLength: 3, pattern: '^a+$' };
  t.match(check(short, 'a'.repeat(100_000)).found, [{ detail: 'must have 1 to 3 characters' }]);
});

t.test('a value deep inside is told where it stands', async (t) => {
  const address: FieldDefinition = {
    type: 'object',
    properties: {
      lines: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } },
      geo: { type: 'object', properties: { lat: { type: 'number', minimum: -90, maximum: 90 } } },
    },
  };
  t.same(check(address, { lines: ['a', 'toolong'], geo: { lat: 91, x: 1 }, zip: 1 }).found, [
    { pointer: '/probe/lines/1', detail: 'must have 1 to 5 characters' },
    { pointer: '/probe/geo/lat', detail: 'must be a number from -90 to 90' },
    { pointer: '/probe/geo/x', detail: 'is not a field that can be sent' },
    { pointer: '/probe/zip', detail: 'is not a field that can be sent' },
  ]);
});
