import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { readAcceptLanguage } from '../../src/http/accept-language.ts';
import { describeSchema, listLanguages } from '../../src/schema/described-schema.ts';
import { findLanguage } from '../../src/schema/language.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { createRandom } from '../helper/random.ts';
import { createSchemaFile, createValue } from './random-schema.ts';

const files = 200;
const seed = 31;

t.test('of random files each audience is told its fields, as JSON Schema', async (t) => {
  const random = createRandom(seed);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  let fields = 0;
  // Reporting thousands of assertions costs more than making them.
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => holds || wrong.push(what);
  for (let count = 0; count < files; count++) {
    const schema = compileSchema(createSchemaFile(random));
    for (const audience of ['self', 'service'] as const) {
      const described = describeSchema(
        schema,
        audience,
        random.pick(listLanguages(schema, audience)),
      );
      const visible = [...schema.fields.values()].filter(({ readers }) => readers.has(audience));
      const told = Object.keys(described.properties);
      const where = `file ${count}, ${audience}`;
      expect(told.join() === visible.map(({ name }) => name).join(), `${where}: ${told}`);
      const hidden =
        audience === 'self'
          ? /"x-(read|write|title|retired|from|lookup)"/
          : /"x-(read|write|title|retired)"/;
      expect(!hidden.test(JSON.stringify(described)), `${where}: x- keywords`);
      const validate = ajv.compile(described);
      for (const { name, definition, check, writers } of visible) {
        fields++;
        const isReadOnly = 'readOnly' in (described.properties[name] ?? {});
        expect(isReadOnly === !writers.has(audience), `${where}: readOnly of ${name}`);
        const value = createValue(random, definition);
        const found: [] = [];
        check(value, [name], found);
        if (found.length === 0) expect(validate({ [name]: value }), `${where}: value of ${name}`);
      }
    }
  }
  t.strictSame(wrong, []);
  t.ok(fields > files, 'there was something to tell');
  t.comment(`${files} files, ${fields} fields, seed ${seed}`);
});

t.test('labels inside lists and objects are in the language too', async (t) => {
  const item = {
    type: 'string',
    maxLength: 9,
    title: 'Tag',
    'x-title': { de: 'Stichwort' },
  } as const;
  const schema = compileSchema({
    properties: {
      tags: { type: 'array', items: item, maxItems: 3 },
      address: {
        type: 'object',
        properties: { tags: { type: 'array', items: item, maxItems: 3 } },
      },
      bare: { type: 'array', items: { type: 'boolean' }, maxItems: 3 },
    },
  });
  t.same(listLanguages(schema, 'self'), ['en', 'de']);
  const { properties } = describeSchema(schema, 'self', 'de-CH');
  t.match(properties, {
    tags: { title: 'tags', items: { title: 'Stichwort' } },
    address: { properties: { tags: { items: { title: 'Stichwort', 'x-title': undefined } } } },
    bare: { items: { title: undefined } },
  });
});

t.test('a language is found as RFC 4647 looks it up', async (t) => {
  const cases: [ranges: string[], tags: string[], found: string | undefined][] = [
    [['de'], ['en', 'de'], 'de'],
    [['DE-at-1996'], ['de-AT'], 'de-AT'],
    [['zh-Hant-CN-x-private1'], ['zh', 'zh-Hant'], 'zh-Hant'],
    [['zh-x-one'], ['zh-x', 'zh'], 'zh'],
    [['x-one'], ['x', 'en'], 'x'],
    [['zh-x-one-two', 'en'], ['zh-x-one', 'en'], 'zh-x-one'],
    [['fr', 'de'], ['de', 'fr'], 'fr'],
    [['de'], ['de-AT'], undefined],
    [['e'], ['en'], undefined],
    [[], ['en'], undefined],
    [['en'], [], undefined],
  ];
  for (const [ranges, tags, found] of cases) {
    t.equal(findLanguage(ranges, tags), found, `${ranges} of ${tags}`);
  }
});

t.test('a range of more parts than a tag can use is nobody’s language', async (t) => {
  const longest = 'de-Latn-DE-1996-a-bb-x-cc';
  t.same(readAcceptLanguage(`${longest}, fr;q=0.5`), [longest, 'fr']);
  t.same(readAcceptLanguage(`${longest}-dd, fr;q=0.5`), ['fr']);
  t.same(readAcceptLanguage(`aa${'-aa'.repeat(5_000)}, fr;q=0.5`), ['fr']);
});
