import t from 'tap';
import { formatRule, mergeRules, parseMapRule } from '../../src/backfill/map-rules.ts';
import { mapUser } from '../../src/backfill/map-user.ts';
import { parseOptions } from '../../src/cli/backfill/arguments.ts';
import { type JsonObject, measureBytes } from '../../src/json/json-value.ts';
import { defaultSchema } from '../helper/default-schema.ts';

const parse = (text: string) => parseMapRule(text, defaultSchema);
const readOptions = (args: string[]) => parseOptions({ args, env: {} }, () => defaultSchema);

function map(rules: readonly string[], attributes: Record<string, string>) {
  const user = { username: 'someone', attributes: new Map(Object.entries(attributes)) };
  return mapUser('someone', user, mergeRules(rules.map(parse), defaultSchema));
}

t.test('a rule reads as it is written', async (t) => {
  const texts = [
    'custom:stripe_id=stripeCustomerId',
    'custom:theme=preferences.theme:string',
    'custom:size=preferences.editor.size:number',
    'custom:all=preferences',
    'nickname=displayName',
  ];
  t.strictSame(texts.map(parse).map(formatRule), texts);
});

t.test("a rule that can't work is refused", async (t) => {
  const refused = {
    'custom:x': /is written ATTRIBUTE=FIELD/,
    '=email': /is written ATTRIBUTE=FIELD/,
    'custom:x=': /is written ATTRIBUTE=FIELD/,
    'custom:x=userId': /userId is not one of email/,
    'custom:x=version': /version is not one of/,
    'custom:x=givenName.first': /only a free object has keys/,
    'custom:x=givenName:json': /only a free object has keys/,
    'custom:x=preferences..a': /a key must have 1 to 255 characters/,
    'custom:x=preferences.__proto__.a': /this key is not allowed/,
    [`custom:x=preferences${'.a'.repeat(17)}`]: /nested deeper/,
  };
  for (const [text, reason] of Object.entries(refused)) t.throws(() => parse(text), reason);
});

t.test(
  'two rules for one place are refused, a rule for a standard field replaces it',
  async (t) => {
    const both = (...texts: string[]) => mergeRules(texts.map(parse), defaultSchema);
    t.throws(() => both('a=preferences.x', 'b=preferences.x'), /would write the same place/);
    t.throws(() => both('a=preferences.x', 'b=preferences.x.y'), /would write the same place/);
    t.throws(() => both('a=preferences', 'b=preferences.x'), /would write the same place/);
    t.doesNotThrow(() => both('a=preferences.x', 'b=preferences.xy'));
    t.strictSame(map(['nickname=displayName'], { name: 'Long Name', nickname: 'Nick' }).fields, {
      displayName: 'Nick',
    });
  },
);

t.test('preferences as a whole stay within their bound', async (t) => {
  const names = Array.from({ length: 20 }, (_, index) => `custom:part${index}`);
  const rules = names.map((name, index) => `${name}=preferences.part${index}`);
  const values = Object.fromEntries(names.map((name) => [name, 'v'.repeat(2048)]));
  const { fields, misfits } = map(rules, values);
  const preferences = fields.preferences as JsonObject;
  t.ok(measureBytes(preferences) <= 32 * 1024);
  t.equal(Object.keys(preferences).length + misfits.length, 20, 'each part is somewhere');
  t.match(misfits[0], { reason: /preferences would exceed/ });
});

t.test('names of what every object has are keys like any other', async (t) => {
  const { fields } = map(['a=preferences.constructor.x', 'b=preferences.constructor.y'], {
    a: '1',
    b: '2',
  });
  t.strictSame(JSON.stringify(fields), '{"preferences":{"constructor":{"x":"1","y":"2"}}}');
});

t.test('options', async (t) => {
  t.match(readOptions([]), { mode: 'dry-run', rate: 10, concurrency: 20, limit: undefined });
  t.match(readOptions(['--dry-run']), { mode: 'dry-run' });
  t.match(readOptions(['--yes']), { mode: 'write' });
  t.match(readOptions(['--check']), { mode: 'check' });
  t.equal(readOptions(['--help']), undefined);
  for (const args of [
    ['--rate', '0'],
    ['--rate', 'fast'],
    ['--rate', ''],
    ['--concurrency', '1.5'],
    ['--limit', '-1'],
    ['--filter', ''],
    ['--checkpoint', ''],
    ['--check', '--dry-run'],
    ['--check', '--yes'],
    ['--yes', '--dry-run'],
    ['--check', '--checkpoint', 'file'],
    ['--delete'],
    ['stray'],
  ]) {
    t.throws(() => readOptions(args), { name: 'UsageError' }, args.join(' '));
  }
});
