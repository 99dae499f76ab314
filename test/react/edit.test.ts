import t from 'tap';
import type { Profile } from '../../client/src/index.ts';
import {
  continueEdit,
  EditConflict,
  findChanges,
  findChangesElsewhere,
  planEdit,
} from '../../react/src/edit.ts';
import { canonicalize, checkField, profileFields, toDraft } from '../../react/src/fields.ts';
import { applyMergePatch } from '../../react/src/merge-patch.ts';

const profile: Profile = {
  userId: 'ada',
  displayName: 'Ada',
  givenName: 'Ada',
  createdAt: '2026-11-22T10:15:30.123Z',
  updatedAt: '2026-11-22T10:15:30.123Z',
  version: 1,
};
const draftOf = (changes: Partial<Profile> = {}) =>
  toDraft(profileFields, { ...profile, ...changes });
const base = draftOf();

t.test('only what was edited is written; an emptied field is removed', async (t) => {
  const draft = { ...base, displayName: ' Ada L. ', givenName: '' };
  t.same(planEdit({ base, draft }, base), { displayName: 'Ada L.', givenName: null });
  t.equal(planEdit({ base, draft: base }, base), undefined);
});

t.test('white space around a text is no change, here or elsewhere', async (t) => {
  const typed = { ...base, displayName: 'Ada ', familyName: 'Lovelace ' };
  t.same(findChanges(base, typed), ['familyName']);
  const edit = { base, draft: typed };
  t.same(planEdit(edit, base), { familyName: 'Lovelace' });
  t.same(findChangesElsewhere(edit, base), [], 'nobody else was there');
  t.same(findChangesElsewhere(edit, draftOf({ displayName: 'Ada ' })), []);
  const stored = draftOf({ givenName: ' Ada' });
  t.equal(planEdit({ base: stored, draft: { ...stored, givenName: 'Ada' } }, stored), undefined);
});

t.test('what was changed elsewhere only, or to the same, is no conflict', async (t) => {
  const current = draftOf({ familyName: 'Lovelace', displayName: 'Countess' });
  const same = { base, draft: { ...base, displayName: 'Countess' } };
  t.same(planEdit(same, current), { displayName: 'Countess' });
  t.same(findChangesElsewhere(same, current), ['familyName']);
  const other = { base, draft: { ...base, givenName: 'Augusta' } };
  t.same(planEdit(other, current), { givenName: 'Augusta' });
  t.same(findChangesElsewhere(other, current), ['displayName', 'familyName']);
});

t.test('a field changed in both places waits for a choice', async (t) => {
  const current = draftOf({ displayName: 'Countess' });
  const edit = { base, draft: { ...base, displayName: 'Ada L.', givenName: 'Augusta' } };
  const conflict = await Promise.resolve()
    .then(() => planEdit(edit, current))
    .catch((error: unknown) => error);
  t.type(conflict, EditConflict);
  t.same((conflict as EditConflict).conflicts, [
    { name: 'displayName', mine: 'Ada L.', theirs: 'Countess' },
  ]);
  t.same(planEdit(edit, current, { displayName: 'mine' }), {
    displayName: 'Ada L.',
    givenName: 'Augusta',
  });
  t.same(planEdit(edit, current, { displayName: 'theirs' }), { givenName: 'Augusta' });
});

t.test('what is typed while a save is under way stays', async (t) => {
  const submitted = { ...base, displayName: 'Ada L. ' };
  const typed = { ...submitted, familyName: 'Love' };
  const saved = draftOf({ displayName: 'Ada L.' });
  t.same(continueEdit(submitted, typed, saved), {
    base: saved,
    draft: { ...saved, familyName: 'Love' },
  });
});

t.test('the form asks for whatever fields it is given', async (t) => {
  const fields = [{ name: 'jobTitle', type: 'string', maxLength: 3 }] as const;
  const draft = toDraft(fields, { ...profile, ...{ jobTitle: 'ops' } });
  t.same(draft, { jobTitle: 'ops' });
  t.same(planEdit({ base: draft, draft: { jobTitle: 'dev' } }, draft), { jobTitle: 'dev' });
});

t.test('a text is held to the bounds of its field before it is sent', async (t) => {
  const field = { name: 'motto', type: 'string', maxLength: 3 } as const;
  t.equal(checkField(field, ' 👩👩👩 '), undefined, 'code points, without the space around');
  t.equal(checkField(field, 'four'), 'tooLong');
  const address = { name: 'home', type: 'string', format: 'uri', maxLength: 40 } as const;
  t.equal(checkField(address, 'https://example.com/a.png'), undefined);
  t.equal(checkField(address, ''), undefined, 'an empty field is removed');
  for (const text of ['http://example.com', 'example.com', '/a.png', 'https:', 'javascript:1']) {
    t.equal(checkField(address, text), 'notHttps', text);
  }
});

t.test('an address that is typed is written as the service takes it', async (t) => {
  const typed = { ...base, avatarUrl: ' HTTPS://Images.example.com/a b.png', familyName: ' L ' };
  t.same(canonicalize(profileFields, base, typed), {
    ...base,
    avatarUrl: 'https://images.example.com/a%20b.png',
    familyName: 'L',
  });
  const stored = draftOf({ avatarUrl: 'https://Images.example.com' });
  t.same(canonicalize(profileFields, stored, stored), stored, 'what is stored stays as it is');
});

t.test('a merge patch does what RFC 7396 says', async (t) => {
  const cases: [object, object, object][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of cases) t.same(applyMergePatch(target, patch), result);
});
