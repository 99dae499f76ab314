import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import type { LiveEntry } from '../../src/profiles/record.ts';
import { fromItem } from '../helper/items.ts';
import type { PagingPool } from './paging-pool.ts';
import { type ListedUser, readAttribute } from './pool-person.ts';

/** The rules that generated users are moved by. */
export const maps = [
  '--map',
  'custom:stripe_id=stripeCustomerId',
  '--map',
  'custom:theme=preferences.theme',
];

/** The fields that a user of the pool should have got, said a second time. */
function expectFields(user: ListedUser): object {
  const read = (name: string) => readAttribute(user, name);
  const email = read('email')?.toLowerCase();
  const theme = read('custom:theme');
  const expected = {
    email,
    emailVerified: email === undefined ? undefined : read('email_verified') === 'true',
    givenName: read('given_name'),
    familyName: read('family_name'),
    displayName: read('name'),
    avatarUrl: read('picture'),
    stripeCustomerId: read('custom:stripe_id'),
    preferences: theme === undefined ? undefined : { theme },
  };
  return Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));
}

/** Every user of the pool has the right profile, written once, and nobody else has one. */
export function assertMoved(t: Test, pool: PagingPool, items: ReadonlyMap<string, Item>): void {
  t.equal(items.size, pool.size, 'everybody is there, and nobody else');
  const wrong: unknown[] = [];
  for (let index = 0; index < pool.size && wrong.length < 5; index++) {
    const item = items.get(pool.sub(index));
    const found = item && toComparable(fromItem(item) as LiveEntry);
    const fields = expectFields(pool.userAt(index));
    const sources = Object.fromEntries(Object.keys(fields).map((name) => [name, 'backfill']));
    const wanted = { fields, sources, version: 1, identityAt: undefined };
    if (!isDeepStrictEqual(found, wanted)) wrong.push({ index, found, wanted });
  }
  t.strictSame(wrong, [], 'every field is right');
}

function toComparable({ profile, sources, identityAt }: LiveEntry) {
  const { userId, createdAt, updatedAt, version, ...fields } = profile;
  return { fields, sources, version, identityAt };
}
