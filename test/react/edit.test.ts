import t from 'tap';
import type { Profile } from '../../client/src/index.ts';
import { EditConflict, planEdit, toDraft } from '../../react/src/edit.ts';
import { applyMergePatch } from '../../react/src/merge-patch.ts';

const profile: Profile = {
  userId: 'ada',
  displayName: 'Ada',
  givenName: 'Ada',
  createdAt: '2026-11-22T10:15:30.123Z',
  updatedAt: '2026-11-22T10:15:30.123Z',
  version: 1,
};
const base = toDraft(profile);

t.test('only what was edited is written; an emptied field is removed', async (t) => {
  t.same(planEdit(base, { ...base, displayName: ' Ada L. ', givenName: '' }, profile), {
    displayName: 'Ada L.',
    givenName: null,
  });
  t.equal(planEdit(base, base, profile), undefined);
});

t.test('what was changed elsewhere only, or to the same, is no conflict', async (t) => {
  const current = { ...profile, familyName: 'Lovelace', displayName: 'Countess' };
  t.same(planEdit(base, { ...base, displayName: 'Countess' }, current), {
    displayName: 'Countess',
  });
  t.same(planEdit(base, { ...base, givenName: 'Augusta' }, current), { givenName: 'Augusta' });
});

t.test('a field changed in both places waits for a choice', async (t) => {
  const current = { ...profile, displayName: 'Countess' };
  const draft = { ...base, displayName: 'Ada L.', givenName: 'Augusta' };
  const conflict = await Promise.resolve()
    .then(() => planEdit(base, draft, current))
    .catch((error: unknown) => error);
  t.type(conflict, EditConflict);
  t.match(conflict, {
    conflicts: [{ field: 'displayName', mine: 'Ada L.', theirs: 'Countess' }],
  });
  t.same(planEdit(base, draft, current, { displayName: 'mine' }), {
    displayName: 'Ada L.',
    givenName: 'Augusta',
  });
  t.same(planEdit(base, draft, current, { displayName: 'theirs' }), { givenName: 'Augusta' });
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
