import { type AST, RegExpParser } from '@eslint-community/regexpp';
import t from 'tap';
import { findPatternFault } from '../../src/schema/pattern/check-pattern.ts';
import { codePointsOf } from '../../src/schema/pattern/code-points.ts';

const usual = [
  '^cus_[A-Za-z0-9_]{1,251}$',
  '^[a-z]+(?:-[a-z0-9]+)*$',
  '^(?:[a-z0-9]+-)*[a-z0-9]+$',
  '^\\p{L}+(?: \\p{L}+)*$',
  '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  '^[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?$',
  '^\\+[1-9]\\d{1,14}$',
  '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
  '^#(?:[0-9a-fA-F]{3}){1,2}$',
  '^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$',
];

const exponential = [
  '^(a+)+$',
  '^(a*)*$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(a|b|ab)*c$',
  '^(?:a?b?)*$',
  '^(\\w+\\s?)*$',
  '^(?:x+x+)+y$',
  '^(?:a?){30}$',
  '^(?:[a-z]{1,10} ?){1,9}$',
  // Beyond the planes of letters: marks, formats and private use.
  '^(?:\\p{M}|[\\u{E0100}-\\u{E01EF}])*$',
  '^(?:[^\\P{M}]|\\u{E0100})*$',
  '^(?:\\p{Cf}|\\u{E0041})+$',
  '^(?:\\p{Co}|\\u{F0000})*$',
  '^(?:\\p{Co}|\\u{10FFFD})*$',
];

t.test('patterns as teams write them are taken', async (t) => {
  for (const pattern of usual) t.equal(findPatternFault(pattern, 200), undefined, pattern);
});

t.test('a pattern that can take exponential time is refused', async (t) => {
  for (const pattern of exponential) {
    t.match(findPatternFault(pattern, 100), /exponential time/, pattern);
  }
});

t.test('the sets that have a name are what the engine takes for them', async (t) => {
  for (const set of ['.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S']) {
    const { alternatives } = new RegExpParser().parsePattern(set, undefined, undefined, {
      unicode: true,
    });
    const ranges = codePointsOf(alternatives[0]?.elements[0] as AST.CharacterSet);
    const expression = new RegExp(`^${set}$`, 'u');
    let next = 0;
    const takes = (point: number) => {
      while ((ranges[next]?.[1] ?? Number.POSITIVE_INFINITY) < point) next++;
      return point >= (ranges[next]?.[0] ?? Number.POSITIVE_INFINITY);
    };
    let differences = 0;
    for (let point = 0; point <= 0x10_ffff; point++) {
      if (expression.test(String.fromCodePoint(point)) !== takes(point)) differences++;
    }
    t.equal(differences, 0, set);
  }
});

t.test('many ways to read a text of fixed length count too', async (t) => {
  for (const pattern of [`^${'a?'.repeat(20)}$`, `^${'(?:a|a)'.repeat(20)}$`]) {
    t.match(findPatternFault(pattern, 20), /take too long/, pattern);
  }
});

t.test('how long a text may be decides on parts that compete for it', async (t) => {
  t.equal(findPatternFault('^[a-z]+[a-z0-9]+$', 100), undefined);
  t.match(findPatternFault('^[a-z]+[a-z0-9]+$', 2000), /take too long on 2000 characters/);
});

t.test('so does how many texts a list may have', async (t) => {
  const slow = '^(?:a*a*a*b|a*)$';
  t.equal(findPatternFault(slow, 20), undefined);
  t.equal(findPatternFault(slow, 20, 10), undefined);
  t.match(findPatternFault(slow, 62, 1_000), /take too long on 1000 texts of 62 characters/);
  for (const pattern of usual) t.equal(findPatternFault(pattern, 64, 100), undefined, pattern);
  t.equal(findPatternFault('^[a-z]{1,64}$', 64, 1_000_000), undefined, 'a body bounds these');
});

t.test("whatever else can't be judged is refused by name", async (t) => {
  t.match(findPatternFault('^(?=a)a$', 10), /uses \(\?=a\), which is not supported/);
  t.match(findPatternFault('^(a)\\1$', 10), /uses \\1, which is not supported/);
  t.match(findPatternFault('^a|b$', 10), /put alternatives in a group/);
  t.match(findPatternFault('abc', 10), /must begin with \^/);
  t.match(findPatternFault('^abc\\$', 10), /must begin with \^/, 'a dollar that is meant as one');
  t.equal(findPatternFault('^abc\\\\$', 10), undefined, 'a backslash, then the end');
  t.match(findPatternFault('^[$', 10), /is not a regular expression/);
  t.match(findPatternFault(`^${'a'.repeat(600)}$`, 10), /is longer than/);
});

t.test('the verdict holds on the engine itself: what is taken stays quick', async (t) => {
  const texts = ['a', 'ab', 'a-', '0', 'A1', ' a', 'aé'].flatMap((unit) =>
    ['', '!', ' '].map((end) => unit.repeat(200).slice(0, 200) + end),
  );
  for (const pattern of usual) {
    const expression = new RegExp(pattern, 'u');
    const before = process.cpuUsage();
    for (const text of texts) expression.test(text);
    t.ok(process.cpuUsage(before).user < 2_000_000, `${pattern}: ${texts.length} texts`);
  }
});
