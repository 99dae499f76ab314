import t from 'tap';
import { parseJsonText } from '../../src/json/json-text.ts';

const parse = (text: string) => parseJsonText(Buffer.from(text));
const malformed = { code: 'MALFORMED_JSON' };

t.test('numbers that a double holds are taken however they are written', async (t) => {
  for (const [text, value] of [
    ['0', 0],
    ['-0', -0],
    ['0e99999', 0],
    ['1.0', 1],
    ['1.50', 1.5],
    ['10e-1', 1],
    ['1E+2', 100],
    ['100000000000000000000000', 1e23],
    ['0.1', 0.1],
    ['1e-7', 1e-7],
    ['9007199254740992', 2 ** 53],
    ['-12.25e-3', -0.01225],
  ] as const) {
    t.strictSame(parse(`[${text}]`), [value], text);
  }
});

t.test('numbers that would not come back equal are refused', async (t) => {
  for (const text of [
    '1e400',
    '-1e309',
    '1e-400',
    '9007199254740993',
    '0.1000000000000000055511151231257827',
    '1234567890123456789012345678901234567890',
  ]) {
    t.throws(() => parse(`{"n":${text}}`), malformed, text);
  }
  t.strictSame(parse('{"n":"9007199254740993"}'), { n: '9007199254740993' }, 'text may be any');
});

t.test('repeated keys are refused, whatever their values', async (t) => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":{},"a":{}}',
    '{"a":{"b":1,"c":2,"b":1}}',
    '[{"a":1},{"a":1,"\\u0061":1}]',
  ]) {
    t.throws(() => parse(text), malformed, text);
  }
  t.strictSame(parse('[{"a:b":":"},{"a:b":"\\":\\""}]'), [{ 'a:b': ':' }, { 'a:b': '":"' }]);
});

t.test('nesting has an end', async (t) => {
  t.ok(parse(`${'['.repeat(32)}${']'.repeat(32)}`));
  t.throws(() => parse(`${'['.repeat(33)}${']'.repeat(33)}`), malformed);
  t.throws(() => parse('{"a":'.repeat(10_000) + 1 + '}'.repeat(10_000)), malformed);
  t.strictSame(parse('"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["'), '['.repeat(36));
});

t.test('bytes that are no UTF-8 are refused', async (t) => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    t.throws(() => parseJsonText(Buffer.from([0x22, ...bytes, 0x22])), malformed);
  }
});

t.test('keys that reach a prototype are refused', async (t) => {
  for (const text of [
    '{"__proto__":1}',
    '{"a":{"\\u005f_proto__":{}}}',
    '{"constructor":{"prototype":{}}}',
  ]) {
    t.throws(() => parse(text), malformed, text);
  }
});
