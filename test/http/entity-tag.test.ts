import t from 'tap';
import { formatEntityTag, matchesNone, readIfMatch } from '../../src/http/entity-tag.ts';

t.test('If-Match names one version, any, or none at all', async (t) => {
  t.equal(readIfMatch(undefined), undefined);
  t.strictSame(readIfMatch('*'), {});
  t.strictSame(readIfMatch(' * '), {});
  t.strictSame(readIfMatch(formatEntityTag(7)), { version: 7 });
  for (const foreign of ['W/"7"', '"07"', '"0"', '"x"', '""', '"-1"', '"99999999999999999"']) {
    t.strictSame(readIfMatch(foreign), { version: 0 }, `${foreign} is no version there is`);
  }
  for (const foreign of ['"a,b"', '"é"', 'W/"a,b"']) {
    t.strictSame(readIfMatch(foreign), { version: 0 }, `${foreign} is a tag of somebody else`);
  }
  t.strictSame(readIfMatch('"7",'), { version: 7 }, 'an empty place of the list is none');
  for (const malformed of [
    '7',
    '"7',
    '',
    ',',
    '"7" "8"',
    '"7""8"',
    '"7", "',
    'w"7"',
    '"a\tb"',
    '"1", "2"',
  ]) {
    t.throws(() => readIfMatch(malformed), { code: 'BAD_REQUEST' }, malformed);
  }
});

t.test('If-None-Match compares weakly, with any of a list', async (t) => {
  t.ok(matchesNone(undefined, 7));
  t.notOk(matchesNone('*', 7));
  t.notOk(matchesNone('"7"', 7));
  t.notOk(matchesNone('W/"7"', 7));
  t.notOk(matchesNone('"1", W/"7"', 7));
  t.ok(matchesNone('"8", "x"', 7));
  t.ok(matchesNone('"6,7", "8"', 7));
  t.notOk(matchesNone(',"6,8",, "7" ,', 7));
  t.throws(() => matchesNone('7', 7), { code: 'BAD_REQUEST' });
});
