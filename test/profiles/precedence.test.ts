import t from 'tap';
import { createIdentityReader } from '../../src/profiles/identity-fields.ts';
import { mergeBackfill, mergeIdentity } from '../../src/profiles/precedence.ts';
import type { FieldSources, LiveEntry, ProfileFields } from '../../src/profiles/record.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import type { FieldDefinition } from '../../src/schema/vocabulary.ts';
import { defaultSchema } from '../helper/default-schema.ts';

function makeEntry(fields: ProfileFields, sources: FieldSources): LiveEntry {
  const at = '2026-11-22T10:00:00.000Z';
  return {
    kind: 'live',
    profile: { userId: 'ada', ...fields, createdAt: at, updatedAt: at, version: 1 },
    sources,
  };
}

const vouched = { email: 'a@example.com', emailVerified: true };
const sameAddress = { email: 'a@example.com', emailVerified: false };
const other = { email: 'b@example.com', emailVerified: false };
const otherVerified = { email: 'b@example.com', emailVerified: true };

const signIns: [string, ProfileFields, FieldSources, ProfileFields, ProfileFields][] = [
  ['fills what is empty', {}, {}, { givenName: 'Ada' }, { givenName: 'Ada' }],
  [
    'refreshes what an identity provider wrote',
    { givenName: 'Ada' },
    { givenName: 'identityProvider' },
    { givenName: 'Augusta' },
    { givenName: 'Augusta' },
  ],
  [
    'refreshes what a backfill wrote',
    { givenName: 'Ada' },
    { givenName: 'backfill' },
    { givenName: 'Augusta' },
    { givenName: 'Augusta' },
  ],
  [
    'leaves what a person wrote',
    { givenName: 'Ada' },
    { givenName: 'person' },
    { givenName: 'Augusta', familyName: 'King' },
    { givenName: 'Ada', familyName: 'King' },
  ],
  [
    'leaves what a service wrote',
    { displayName: 'Ada' },
    { displayName: 'service' },
    { displayName: 'Augusta' },
    { displayName: 'Ada' },
  ],
  [
    'leaves empty what a person removed',
    {},
    { avatarUrl: 'person' },
    { avatarUrl: 'https://a.b/' },
    {},
  ],
  [
    'takes nothing away for what is not told',
    { givenName: 'Ada' },
    { givenName: 'identityProvider' },
    {},
    { givenName: 'Ada' },
  ],
  ['takes a verified address', {}, {}, vouched, vouched],
  ['takes an unverified address where there is none', {}, {}, sameAddress, sameAddress],
  [
    'follows a verified address even over a service',
    vouched,
    { email: 'service', emailVerified: 'service' },
    otherVerified,
    otherVerified,
  ],
  [
    'never replaces a verified address by one that is not',
    vouched,
    { email: 'identityProvider', emailVerified: 'identityProvider' },
    other,
    vouched,
  ],
  [
    'replaces an unverified address by another',
    sameAddress,
    { email: 'identityProvider', emailVerified: 'identityProvider' },
    other,
    other,
  ],
  [
    'leaves an unverified address that a service wrote',
    sameAddress,
    { email: 'service', emailVerified: 'service' },
    other,
    sameAddress,
  ],
  [
    'believes the provider about its own address',
    vouched,
    { email: 'identityProvider', emailVerified: 'identityProvider' },
    sameAddress,
    sameAddress,
  ],
  [
    'leaves a doubt of a service about the same address',
    sameAddress,
    { email: 'identityProvider', emailVerified: 'service' },
    sameAddress,
    sameAddress,
  ],
  [
    'leaves the word of a service for the same address',
    vouched,
    { email: 'identityProvider', emailVerified: 'service' },
    sameAddress,
    vouched,
  ],
];

for (const [name, fields, sources, told, expected] of signIns) {
  t.test(`a sign-in ${name}`, async (t) => {
    t.strictSame(mergeIdentity(makeEntry(fields, sources), told), expected);
  });
}

t.test('a backfill fills only what nobody ever wrote or removed', async (t) => {
  const told = {
    givenName: 'B',
    familyName: 'B',
    displayName: 'B',
    email: 'b@example.com',
    emailVerified: true,
    preferences: { b: 1 },
  };
  t.strictSame(mergeBackfill(makeEntry({}, {}), told), told);
  const entry = makeEntry(
    { givenName: 'A', email: 'a@example.com' },
    { givenName: 'identityProvider', familyName: 'person', email: 'identityProvider' },
  );
  t.strictSame(mergeBackfill(entry, told), {
    givenName: 'A',
    email: 'a@example.com',
    displayName: 'B',
    preferences: { b: 1 },
  });
  const removed = makeEntry({}, { email: 'service' });
  t.notOk('emailVerified' in mergeBackfill(removed, told), 'no word about an absent address');
});

t.test('null in a claim is no member of an object that the schema names', async (t) => {
  const deep = { type: 'object', properties: { x: { type: 'boolean' } } } as const;
  const bio: FieldDefinition = {
    type: 'object',
    properties: { pub: { type: 'string', maxLength: 9 }, n: { type: 'number' }, deep },
    'x-from': 'custom:bio',
  };
  const free: FieldDefinition = {
    type: 'object',
    additionalProperties: true,
    'x-maxBytes': 99,
    'x-from': 'custom:free',
  };
  const read = createIdentityReader(compileSchema({ properties: { bio, free } }));
  const told = { pub: 'a', n: null, deep: { x: null } };
  for (const claim of [told, JSON.stringify(told)]) {
    t.strictSame(read({ 'custom:bio': claim, 'custom:free': { n: null } }), {
      fields: { bio: { pub: 'a', deep: {} }, free: { n: null } },
      refused: [],
    });
  }
});

t.test('why a claim is refused names what the schema names, and no key of the claim', async (t) => {
  const properties = {
    city: { type: 'string', maxLength: 5 },
    lines: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 2 },
  } as const;
  const free = { type: 'object', additionalProperties: true, 'x-maxBytes': 999 } as const;
  const read = createIdentityReader(
    compileSchema({
      properties: {
        address: { type: 'object', properties, 'x-from': 'custom:address' },
        rest: { ...free, 'x-from': 'custom:rest' },
      },
    }),
  );
  const reasonOf = (claims: Record<string, unknown>) => read(claims).refused[0]?.reason;
  const unknown = { 'ada@example.com': 1 };
  t.match(reasonOf({ 'custom:address': { city: 'Göttingen' } }), /^\/city must /);
  t.match(reasonOf({ 'custom:address': { lines: ['a', 'too long'] } }), /^\/lines\/1 must /);
  for (const claims of [
    { 'custom:address': unknown },
    { 'custom:address': { toString: unknown } },
    { 'custom:rest': { [`ada@example.com${'x'.repeat(300)}`]: 1 } },
  ]) {
    const reason = reasonOf(claims);
    t.match(reason, /^a member that the schema doesn't name /);
    t.notMatch(reason, /ada@example.com/);
  }
});

const readIdentity = createIdentityReader(defaultSchema);

t.test('what an identity provider tells is taken where it fits the record', async (t) => {
  t.strictSame(
    readIdentity({
      email: 'Ada@Example.COM',
      email_verified: 'true',
      given_name: '',
      family_name: 'x'.repeat(101),
      name: 'Ada',
      picture: 'http://images.example.com/a.png',
    }),
    {
      fields: { email: 'ada@example.com', emailVerified: true, displayName: 'Ada' },
      refused: [
        { field: 'familyName', reason: 'must have 1 to 100 characters' },
        {
          field: 'avatarUrl',
          reason:
            'must be an absolute https: URL without white space, backslash, user name or password',
        },
      ],
    },
  );
  t.match(readIdentity({ email: 'nonsense', email_verified: true }), {
    fields: {},
    refused: [{ field: 'email', reason: 'must be an e-mail address, such as name@domain' }],
  });
  const inherited = createIdentityReader(
    compileSchema({
      properties: { city: { type: 'string', maxLength: 90, 'x-from': 'toString' } },
    }),
  );
  t.strictSame(inherited({}), { fields: {}, refused: [] }, 'a claim is what the token has itself');
  const picture = 'HTTPS://Images.Example.com/ä|b%zz';
  t.strictSame(readIdentity({ picture }), {
    fields: { avatarUrl: 'https://images.example.com/%C3%A4%7Cb%25zz' },
    refused: [],
  });
});
