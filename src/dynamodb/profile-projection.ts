import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '../json/json-value.ts';
import type { Profile, ShownEntry, Tombstone } from '../profiles/record.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { createProjection } from './expression.ts';
import { assertProfile, coreNames, type Item, type Items } from './item.ts';
import { timeToLiveAttribute } from './table.ts';
import { fromAttributeValue } from './transport/attribute-value.ts';

export type ProfileProjection = ReturnType<typeof createProfileProjection>;

/**
 * Profiles to show, read without what only writes need of their items: who wrote each field, the
 * ids of the last writes, sizes, attributes of another version. It is a third of most items.
 */
export function createProfileProjection(
  { fields }: Pick<ProfileSchema, 'fields'>,
  { fromItem }: Pick<Items, 'fromItem'>,
) {
  const shown = [...fields.values()].filter(
    // By the value of an index an item is found, and recognized.
    ({ isRetired, index }) => !isRetired || index !== undefined,
  );
  const names = new Set<string>([...coreNames, ...shown.map(({ name }) => name)]);
  const projection = createProjection([...names]);
  /** With what a sign-in is judged by. */
  const shownProjection = createProjection([
    ...names,
    timeToLiveAttribute,
    'identityAt',
    'erasedAt',
    'closing',
  ]);

  function readProfile(item: Item): Profile {
    const profile: JsonObject = {};
    for (const name in item) {
      if (names.has(name)) profile[name] = fromAttributeValue(item[name] as AttributeValue);
    }
    return profile as Profile & JsonObject;
  }

  /** Undefined for what is no profile: a tombstone, and an item of another program. */
  function toProfile(item: Item): Profile | undefined {
    return item.updatedAt?.S === undefined ? undefined : readProfile(item);
  }

  /** Of a whole item or of its part. @throws {TypeError} on the item of another program */
  function toShown(item: Item): ShownEntry {
    if (item[timeToLiveAttribute]) {
      const { attached: _, ...tombstone } = fromItem(item) as Tombstone;
      return tombstone;
    }
    const { identityAt, erasedAt } = item;
    const profile = readProfile(item);
    assertProfile(profile);
    return {
      kind: 'live',
      profile,
      identityAt: identityAt && Number(identityAt.N),
      erasedAt: erasedAt?.S,
    };
  }

  return { projection, toProfile, shownProjection, toShown };
}
