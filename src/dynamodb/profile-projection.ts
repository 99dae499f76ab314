import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '../json/json-value.ts';
import type { Profile } from '../profiles/record.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { createProjection } from './expression.ts';
import { coreNames, type Item } from './item.ts';
import { timeToLiveAttribute } from './table.ts';
import { fromAttributeValue } from './transport/attribute-value.ts';

/**
 * Profiles to show, read without what only writes need of their items: who wrote each field, the
 * ids of the last writes, sizes, attributes of another version. It is a third of most items.
 */
export function createProfileProjection({ fields }: Pick<ProfileSchema, 'fields'>) {
  const shown = [...fields.values()].filter(({ isRetired }) => !isRetired);
  const names = new Set<string>([...coreNames, ...shown.map(({ name }) => name)]);
  const projection = createProjection([...names, timeToLiveAttribute]);

  /** Undefined for a tombstone. @throws {TypeError} where an attribute holds what is never written. */
  function toProfile(item: Item): Profile | undefined {
    if (item[timeToLiveAttribute]) return undefined;
    const profile: JsonObject = {};
    for (const name in item) {
      if (names.has(name)) profile[name] = fromAttributeValue(item[name] as AttributeValue);
    }
    return profile as Profile & JsonObject;
  }

  return { projection, toProfile };
}
