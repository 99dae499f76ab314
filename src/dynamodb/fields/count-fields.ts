import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { fitsBytes } from '../../profiles/object-bounds.ts';
import type { Violation } from '../../refusal.ts';
import type { Field } from '../../schema/field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { sizedField } from '../../schema/reserved-names.ts';
import { canBeKey } from '../indexes/count-misfits.ts';
import { createItems, type Item } from '../item.ts';
import { timeToLiveAttribute } from '../table.ts';
import { fromAttributeValue, isJson } from '../transport/attribute-value.ts';
import { readPages, type TableWalk } from './read-pages.ts';

/** Items by the name of a field. */
export type Counts = Map<string, number>;

export interface FieldTally {
  itemsRead: number;
  /** What erasures left; they hold no field. */
  tombstones: number;
  /** Items whose value doesn't fit its field. */
  readonly misfits: Counts;
  /** Items whose value can't be a key of its field's index. */
  readonly notKeys: Counts;
  /** Items that still hold a retired field. */
  readonly retired: Counts;
  /** Items that hold an attribute under a name which no field has. */
  readonly unnamed: Counts;
  /** Attributes beyond those counted by name. */
  moreUnnamed: number;
}

/** A table that something else writes to may have a name for each of its items. */
const maxUnnamed = 1_000;

export const createFieldTally = (): FieldTally => ({
  itemsRead: 0,
  tombstones: 0,
  misfits: new Map(),
  notKeys: new Map(),
  retired: new Map(),
  unnamed: new Map(),
  moreUnnamed: 0,
});

/**
 * Counts what is stored against what the schema says. The tally and `onPage` change together, so
 * that a walk which goes on from the key of the last page counts each item once.
 */
export async function countFields(
  walk: TableWalk,
  schema: ProfileSchema,
  tally: FieldTally,
  onPage: (next: Item | undefined) => Promise<void>,
): Promise<void> {
  const countItem = createCounter(schema, tally);
  for await (const { items, itemsRead, next } of readPages(walk)) {
    for (const item of items) countItem(item);
    tally.itemsRead += itemsRead;
    await onPage(next);
  }
}

function createCounter(schema: ProfileSchema, tally: FieldTally) {
  const { fields, lookups } = schema;
  const { ownNames } = createItems(schema);

  return function countItem(item: Item): void {
    if (item[timeToLiveAttribute]) {
      tally.tombstones++;
      return;
    }
    for (const [name, value] of Object.entries(item)) {
      const field = fields.get(name);
      if (field?.isRetired) add(tally.retired, name);
      else if (field) {
        if (!fits(field, value)) add(tally.misfits, name);
        if (lookups.has(name) && !canBeKey(value.S)) add(tally.notKeys, name);
      } else if (!ownNames.has(name) && !isSizeOfUnnamed(item, name)) {
        if (tally.unnamed.size < maxUnnamed || tally.unnamed.has(name)) add(tally.unnamed, name);
        else tally.moreUnnamed++;
      }
    }
  };

  /** It goes with its object, so it is no name of its own. */
  function isSizeOfUnnamed(item: Item, name: string): boolean {
    const object = sizedField(name);
    return object !== undefined && !ownNames.has(object) && item[object]?.M !== undefined;
  }
}

function add(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function fits({ check, maxBytes }: Field, attribute: AttributeValue): boolean {
  if (!isJson(attribute)) return false;
  const value = fromAttributeValue(attribute);
  const found: Violation[] = [];
  check(value, [], found);
  return found.length === 0 && (maxBytes === undefined || fitsBytes(value, maxBytes));
}
