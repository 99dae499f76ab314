import type { Amendment } from '../profiles/amendment.ts';
import type { AmendmentGuard } from '../profiles/profile-store.ts';
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
import { sourceLetters } from './item.ts';
import { noWriteId, writeIdAttributes } from './write-ids.ts';

/** The expressions of one update in place: everything it needs to be right is in its condition. */
export function buildUpdate(
  amendment: Amendment,
  guard: AmendmentGuard,
  at: string,
  writeId: string,
) {
  const scope = createExpressionScope();
  const { path, value } = scope;
  const version = path('version');
  const source = value(sourceLetters[amendment.source]);

  const set = [
    ...[...amendment.set, ...amendment.create].map(
      (step) => `${path(...step.path)} = ${value(step.value)}`,
    ),
    ...amendment.fields.map((field) => `${path('sources', field)} = ${source}`),
    `${version} = ${version} + ${value(1)}`,
    `${path('updatedAt')} = ${value(at)}`,
    ...rememberWrite(scope, writeId),
  ];
  const room: string[] = [];
  const remove = amendment.remove.map((step) => path(...step));
  const beginsPreferences = amendment.create.some((step) => step.path.length === 1);
  if (beginsPreferences) {
    set.push(`${path('preferencesBytes')} = ${value(amendment.growth)}`);
  } else if (amendment.growth > 0) {
    const bytes = path('preferencesBytes');
    set.push(`${bytes} = ${bytes} + ${value(amendment.growth)}`);
    room.push(hasRoomFor(scope, amendment.growth));
  }
  if (amendment.remove.some((step) => step.length === 1 && step[0] === 'preferences')) {
    remove.push(path('preferencesBytes'));
  }

  const conditions = [
    isLiveBefore(scope, at),
    isNotFenced(scope, at),
    isInLife(scope, guard.erasedAt),
    ...(guard.version === undefined ? [] : [hasVersion(scope, guard.version)]),
    ...hasShapeFor(scope, amendment),
    ...room,
    ...isChangedBy(scope, amendment),
  ];
  return {
    UpdateExpression: `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ...scope.attributes,
  };
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
