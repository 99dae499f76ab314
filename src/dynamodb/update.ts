import type { Amendment } from '../profiles/amendment.ts';
import type { AmendmentGuard } from '../profiles/profile-store.ts';
import { formatProvenance } from '../profiles/provenance.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { sizeAttribute } from '../schema/reserved-names.ts';
import {
  hasRoomFor,
  hasShapeFor,
  hasVersion,
  isChangedBy,
  isInLife,
  isLiveBefore,
  isNotFenced,
} from './conditions.ts';
import { createExpressionScope, type ExpressionScope } from './expression.ts';
import type { Items } from './item.ts';
import { provenanceKey, sourceLetters } from './item-sources.ts';
import { noWriteId, writeIdAttributes } from './write-ids.ts';

/** The expressions of one update in place: everything it needs to be right is in its condition. */
export function buildUpdate(
  { freeFields, idleSizes }: Pick<ProfileSchema, 'freeFields'> & Pick<Items, 'idleSizes'>,
  amendment: Amendment,
  guard: AmendmentGuard,
  at: Date,
  writeId: string,
) {
  const scope = createExpressionScope();
  const { path, value } = scope;
  const moment = at.toISOString();
  const source = value(sourceLetters[amendment.author.source]);
  const provenance = value(formatProvenance(amendment.author, at));

  const set = [
    ...[...amendment.set, ...amendment.create].map(
      (step) => `${path(...step.path)} = ${value(step.value)}`,
    ),
    ...amendment.fields.flatMap((field) => [
      `${path('sources', field)} = ${source}`,
      `${path('sources', provenanceKey(field))} = ${provenance}`,
    ]),
    ...stampWrite(scope, moment, writeId),
  ];
  const room: string[] = [];
  const remove = amendment.remove.map((step) => path(...step));
  for (const { field, bytes, maxBytes, begins } of amendment.growth) {
    const size = path(sizeAttribute(field));
    set.push(begins ? `${size} = ${value(bytes)}` : `${size} = ${size} + ${value(bytes)}`);
    if (!begins) room.push(hasRoomFor(scope, field, maxBytes - bytes));
  }
  for (const [field = '', ...below] of amendment.remove) {
    if (below.length === 0 && freeFields.has(field)) remove.push(path(sizeAttribute(field)));
  }
  for (const field of amendment.fields) {
    const size = idleSizes.get(field);
    if (size !== undefined) remove.push(path(size));
  }

  const conditions = [
    isLiveBefore(scope, moment),
    isNotFenced(scope, moment),
    isInLife(scope, guard.erasedAt),
    ...(guard.version === undefined ? [] : [hasVersion(scope, guard.version)]),
    ...hasShapeFor(scope, amendment),
    ...room,
    ...isChangedBy(scope, amendment),
  ];
  return {
    UpdateExpression: `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ...scope.attributes(),
  };
}

/** What every write in place does beside its own steps: a new version, its moment and its id. */
export function stampWrite(scope: ExpressionScope, moment: string, writeId: string): string[] {
  const { path, value } = scope;
  const version = path('version');
  return [
    `${version} = ${version} + ${value(1)}`,
    `${path('updatedAt')} = ${value(moment)}`,
    ...rememberWrite(scope, writeId),
  ];
}

/** Moves the ids of the last writes on by one. */
function rememberWrite({ path, value }: ExpressionScope, writeId: string): string[] {
  const none = value(noWriteId);
  const [newest, ...others] = writeIdAttributes;
  return [
    `${path(newest)} = ${value(writeId)}`,
    ...others.map(
      (name, at) => `${path(name)} = if_not_exists(${path(writeIdAttributes[at] ?? '')}, ${none})`,
    ),
  ];
}
