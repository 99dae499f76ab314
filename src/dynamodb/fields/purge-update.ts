import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { sizeAttribute } from '../../schema/reserved-names.ts';
import { namePattern } from '../../schema/vocabulary.ts';
import { hasVersion, isLiveBefore, isNotFenced } from '../conditions.ts';
import { createExpressionScope } from '../expression.ts';
import type { Item } from '../item.ts';
import { findNotesOf, provenanceKey } from '../item-sources.ts';
import { timeToLiveAttribute } from '../table.ts';
import { stampWrite } from '../update.ts';
import { writeIdAttributes } from '../write-ids.ts';

/** Where an item holds something of a field: its value, who wrote it and when, and its size. */
export type TraceFinder = ReturnType<typeof createTraceFinder>;

export function createTraceFinder(
  { fields, freeFields }: Pick<ProfileSchema, 'fields' | 'freeFields'>,
  field: string,
) {
  const size = sizeAttribute(field);
  // Only a field has sources: `x@` would be taken for the provenance of `x`.
  const hasSources = namePattern.test(field);
  /** Whether that name is a size at all: `storageBytes` may be a field of its own. */
  const isSized = (item: Item) =>
    freeFields.has(field) || (!fields.has(size) && item[field]?.M !== undefined);

  return {
    find(item: Item): string[][] {
      const paths: string[][] = item[field] ? [[field]] : [];
      if (item[size] && isSized(item)) paths.push([size]);
      const notes = hasSources ? findNotesOf(field, item.sources?.M ?? {}) : [];
      return [...paths, ...notes.map((name) => ['sources', name])];
    },

    /** Only items that may hold a trace, and of them only what a purge needs. */
    query() {
      const scope = createExpressionScope();
      const { path } = scope;
      const attributes = [path(field), path(size)];
      const notes = hasSources
        ? [path('sources', field), path('sources', provenanceKey(field))]
        : [];
      const exists = [...attributes, ...notes].map((trace) => `attribute_exists(${trace})`);
      const kept = ['userId', 'version', 'updatedAt', 'fencedAt', 'sources', ...writeIdAttributes];
      return {
        ConsistentRead: true,
        FilterExpression: `attribute_not_exists(${path(timeToLiveAttribute)}) AND (${exists.join(' OR ')})`,
        ProjectionExpression: [...attributes, ...kept.map((name) => path(name))].join(', '),
        ...scope.attributes(),
      };
    },
  };
}

/** Removes these paths from the item as it was read, as a write like any other. */
export function buildPurge(
  version: number,
  traces: readonly (readonly string[])[],
  at: Date,
  writeId: string,
) {
  const scope = createExpressionScope();
  const moment = at.toISOString();
  const set = stampWrite(scope, moment, writeId);
  const remove = traces.map((trace) => scope.path(...trace));
  const conditions = [
    isLiveBefore(scope, moment),
    isNotFenced(scope, moment),
    hasVersion(scope, version),
  ];
  return {
    UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ...scope.attributes(),
  };
}
