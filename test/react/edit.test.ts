import t from 'tap';
import type { Profile, ProfileSchema } from '../../client/src/index.ts';
import { canonicalize, toDraft, toPatch } from '../../react/src/drafts.ts';
import {
  continueEdit,
  EditConflict,
  findChanges,
  findChangesElsewhere,
  planEdit,
} from '../../react/src/edit.ts';
import { checkField } from '../../react/src/field-fault.ts';
import { findByHint, isGroup, layOut, type ProfileField } from '../../react/src/fields.ts';
import { applyMergePatch, createMergePatch } from '../../react/src/merge-patch.ts';
import { toLocalMoment, toMoment } from '../../react/src/moment.ts';
import { describeSchema } from '../../src/schema/described-schema.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import type { FieldDefinition } from '../../src/schema/vocabulary.ts';
import { defaultSchema } from '../helper/default-schema.ts';

const profile: Profile = {
  userId: 'ada',
  displayName: 'Ada',
  givenName: 'Ada',
  createdAt: '2026-11-22T10:15:30.123Z',
  updatedAt: '2026-11-22T10:15:30.123Z',
  version: 1,
};
/** As the service tells a person. */
const describe = (schema = defaultSchema) =>
  ({ ...describeSchema(schema, 'self', 'en'), 'x-limits': {} }) as unknown as ProfileSchema;
const fieldsOf = (properties: Record<string, FieldDefinition>) =>
  layOut(describe(compileSchema({ properties })));
const { fields: profileFields } = layOut(describe());
const draftOf = (changes: Partial<Profile> = {}) =>
  toDraft(profileFields, { ...profile, ...changes });
const base = draftOf();

t.test('only what was edited is written; an emptied field is removed', async (t) => {
  const draft = { ...base, displayName: ' Ada L. ', givenName: '' };
  t.same(planEdit({ base, draft }, base), { displayName: 'Ada L.', givenName: '' });
  t.same(toPatch(profileFields, { displayName: 'Ada L.', givenName: '' }, profile), {
    displayName: 'Ada L.',
    givenName: null,
  });
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
  t.same(findChangesElsewhere(other, current), ['familyName', 'displayName']);
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
  const mine = { displayName: { keeps: 'mine', theirs: 'Countess' } } as const;
  t.same(planEdit(edit, current, mine), { displayName: 'Ada L.', givenName: 'Augusta' });
  const theirs = { displayName: { keeps: 'theirs', theirs: 'Countess' } } as const;
  t.same(planEdit(edit, current, theirs), { givenName: 'Augusta' });
  const later = draftOf({ displayName: 'Lady Lovelace' });
  t.throws(() => planEdit(edit, later, mine), EditConflict, 'nobody chose against that one');
  t.throws(() => planEdit(edit, later, theirs), EditConflict);
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

const everywhere = { 'x-write': ['self', 'service'] as ('self' | 'service')[] };
const text = { type: 'string', maxLength: 9 } as const;
/** One of each kind. */
const kinds: Record<string, FieldDefinition> = {
  nickname: { ...text, 'x-autocomplete': 'nickname', ...everywhere },
  about: { type: 'string', maxLength: 2000, ...everywhere },
  home: { type: 'string', format: 'uri', maxLength: 40, ...everywhere },
  other: { type: 'string', format: 'email', maxLength: 90, ...everywhere },
  born: { type: 'string', format: 'date', ...everywhere },
  seen: { type: 'string', format: 'date-time', ...everywhere },
  job: { type: 'string', enum: ['dev', 'ops'], ...everywhere },
  level: { type: 'integer', minimum: 1, maximum: 9, ...everywhere },
  ratio: { type: 'number', ...everywhere },
  news: { type: 'boolean', ...everywhere },
  tags: { type: 'array', items: { ...text }, maxItems: 2, ...everywhere },
  sizes: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 2, ...everywhere },
  days: {
    type: 'array',
    items: { type: 'string', enum: ['mo', 'tu'] },
    maxItems: 7,
    ...everywhere,
  },
  flags: { type: 'array', items: { type: 'boolean' }, maxItems: 2, ...everywhere },
  address: {
    type: 'object',
    properties: { city: text, map: { type: 'object', properties: { zoom: { type: 'number' } } } },
    ...everywhere,
  },
  choices: { type: 'object', additionalProperties: true, 'x-maxBytes': 99, ...everywhere },
  extras: { type: 'object', additionalProperties: true, 'x-maxBytes': 99, ...everywhere },
  crmId: { ...text },
};
const layout = fieldsOf(kinds);
const fieldOf = (name: string) => {
  const field = layout.fields.find((one) => one.name === name);
  if (!field) throw new Error(`${name} is no field`);
  return field;
};

t.test('every kind of field has its control', async (t) => {
  t.same(Object.fromEntries(layout.fields.map(({ name, control }) => [name, control])), {
    nickname: 'text',
    about: 'longText',
    home: 'url',
    other: 'email',
    born: 'date',
    seen: 'moment',
    job: 'select',
    level: 'number',
    ratio: 'number',
    news: 'switch',
    tags: 'lines',
    sizes: 'lines',
    days: 'choices',
    flags: 'json',
    'address/city': 'text',
    'address/map/zoom': 'number',
    extras: 'json',
  });
  t.equal(layout.choicesIn, 'choices', "the first free object holds the page's own");
  t.same(
    layout.shown.map(({ name }) => name),
    ['crmId'],
  );
  t.same(
    layout.entries.filter(isGroup).map(({ name }) => name),
    ['address'],
  );
  const schema = describe(compileSchema({ properties: kinds }));
  t.equal(findByHint(schema, 'nickname'), 'nickname');
  t.equal(findByHint(schema, 'photo'), undefined);
});

t.test('values become texts, and come back as they were', async (t) => {
  const values = {
    nickname: 'Ada',
    born: '1815-12-10',
    job: 'ops',
    level: 3,
    ratio: 0.5,
    news: false,
    tags: ['a', 'b'],
    sizes: [1, 2],
    days: ['tu'],
    flags: [true],
    address: { city: 'Bath', map: { zoom: 2 } },
    extras: { a: { b: 1 } },
  };
  const draft = toDraft(layout.fields, { ...profile, ...values });
  t.equal(draft['address/map/zoom'], '2');
  t.equal(draft.tags, 'a\nb');
  const patch = toPatch(layout.fields, draft, profile);
  const cleared = Object.keys(kinds).filter((name) => !(name in values));
  t.match(applyMergePatch({}, patch), values);
  t.ok(cleared.every((name) => (patch as Record<string, unknown>)[name] == null));
});

t.test('an object is written member by member', async (t) => {
  const stored = { ...profile, address: { city: 'Bath' }, extras: { a: 1, b: { c: 2 }, d: 3 } };
  const extras = '{ "b": { "c": 5 }, "d": 3, "e": [1] }';
  t.same(toPatch(layout.fields, { 'address/map/zoom': '7', extras }, stored), {
    address: { map: { zoom: 7 } },
    extras: { a: null, b: { c: 5 }, e: [1] },
  });
  t.same(toPatch(layout.fields, { 'address/city': '' }, stored), { address: { city: null } });
});

t.test('what can be told of a text is told before it is sent', async (t) => {
  const https = { kind: 'notHttps' };
  for (const [name, typed, fault] of [
    ['nickname', ' 👩👩👩👩👩👩👩👩👩 ', undefined],
    ['nickname', 'ten letters', { kind: 'tooLong', most: 9 }],
    ['home', 'https://example.com/a.png', undefined],
    ['home', '', undefined],
    ['home', 'http://example.com', https],
    ['home', 'example.com', https],
    ['home', '/a.png', https],
    ['home', 'javascript:1', https],
    ['level', '3', undefined],
    ['level', ' 9 ', undefined],
    ['level', 'three', { kind: 'notNumber' }],
    ['level', '0x3', { kind: 'notNumber' }],
    ['level', '1.5', { kind: 'notWhole' }],
    ['ratio', '1e999', { kind: 'notNumber' }],
    ['ratio', '-1e999', { kind: 'notNumber' }],
    ['level', '0', { kind: 'tooSmall', least: 1 }],
    ['level', '10', { kind: 'tooLarge', most: 9 }],
    ['ratio', '-1.5e3', undefined],
    ['tags', 'a\n\nb\n', undefined],
    ['tags', 'a\nb\nc', { kind: 'tooMany', most: 2 }],
    ['tags', 'a\nten letters', { kind: 'tooLong', most: 9 }],
    ['sizes', '1\ntwo', { kind: 'notNumber' }],
    ['extras', '{ "a": 1 }', undefined],
    ['extras', '{ a: 1 }', { kind: 'notJson' }],
    ['extras', '[]', { kind: 'notJson' }],
    ['flags', '[true]', undefined],
    ['flags', '{}', { kind: 'notJson' }],
  ] as const) {
    t.same(checkField(fieldOf(name), typed), fault, `${name}: ${typed}`);
  }
  const count: ProfileField = { ...fieldOf('level'), schema: { type: 'integer' } };
  const [least, most] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  t.same(checkField(count, '9007199254740993'), { kind: 'tooLarge', most });
  t.same(checkField(count, '-9007199254740993'), { kind: 'tooSmall', least });
});

t.test('a moment is shown in local time and kept in UTC', async (t) => {
  const moment = '2026-11-24T10:15:30.000Z';
  t.equal(toMoment(toLocalMoment(moment)), moment);
  t.equal(toMoment(toLocalMoment('2026-11-24T10:15:30+02:00')), '2026-11-24T08:15:30.000Z');
  t.equal(toLocalMoment('soon'), '');
  t.equal(toMoment(''), '');
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

t.test('a merge patch is made from what was and what is to be', async (t) => {
  const cases: [unknown, unknown][] = [
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: 1, c: [1] } }, { a: { c: [2] }, d: {} }],
    [undefined, { a: { b: 1 } }],
    [{ a: 1 }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: 1 }],
    [{ a: { b: 1 } }, {}],
  ];
  for (const [before, next] of cases) {
    const patch = createMergePatch(before, next);
    t.same(applyMergePatch((before ?? {}) as object, patch as object), next);
  }
  t.same(createMergePatch({ a: 1, b: { c: 1 } }, { a: 1, b: { c: 1 } }), {});
});
