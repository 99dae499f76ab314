import { maxPreferencesBytes } from '../json/json-value.ts';
import type { Amendment } from '../profiles/amendment.ts';
import type { WriteGuard } from '../profiles/profile-store.ts';
import type { ExpressionScope } from './expression.ts';
import { timeToLiveAttribute } from './table.ts';

/** Fragments of condition expressions, by what they demand of the item. */

/** Tombstones have no `updatedAt`. */
export function isLive({ path }: ExpressionScope): string {
  return `attribute_exists(${path('updatedAt')})`;
}

export function isAbsent({ path }: ExpressionScope): string {
  return `attribute_not_exists(${path('userId')})`;
}

function hasVersion({ path, value }: ExpressionScope, version: number): string {
  return `${path('version')} = ${value(version)}`;
}

export function isTombstoneOf({ path, value }: ExpressionScope, erasedAt: string): string {
  return `attribute_exists(${path(timeToLiveAttribute)}) AND ${path('erasedAt')} = ${value(erasedAt)}`;
}

/**
 * Never erased, or before this sign-in: a comparison with what is absent is false. Both times are
 * RFC 3339 in UTC with milliseconds, so they compare as text.
 */
function isOpenTo({ path, value }: ExpressionScope, signedInAt: number): string {
  return `NOT ${path('erasedAt')} >= ${value(new Date(signedInAt * 1000).toISOString())}`;
}

/** Besides being live. */
export function meetsGuard(scope: ExpressionScope, guard: WriteGuard): string[] {
  return [
    ...(guard.version === undefined ? [] : [hasVersion(scope, guard.version)]),
    ...(guard.signedInAt === undefined ? [] : [isOpenTo(scope, guard.signedInAt)]),
  ];
}

export function isReplaceable(scope: ExpressionScope, guard: WriteGuard, version: number): string {
  return [isLive(scope), ...meetsGuard(scope, { ...guard, version })].join(' AND ');
}

/** A write that was answered but not heard is sent again: it must not count twice. */
export function isNotWrittenBy({ path, value }: ExpressionScope, writeId: string): string {
  return `NOT ${path('writeId')} = ${value(writeId)}`;
}

/** Live too: nothing compares with an `updatedAt` that is absent. */
export function isLiveAndNotAfter({ path, value }: ExpressionScope, at: string): string {
  return `${path('updatedAt')} <= ${value(at)}`;
}

/** At least one step of the amendment makes a difference. */
export function isChangedBy({ path, value }: ExpressionScope, amendment: Amendment): string[] {
  if (amendment.create.length > 0) return [];
  const differences = [
    ...amendment.set.map((step) => `NOT ${path(...step.path)} = ${value(step.value)}`),
    ...amendment.remove.map((step) => `attribute_exists(${path(...step)})`),
  ];
  const oneOf = differences.join(' OR ');
  return [differences.length > 1 ? `(${oneOf})` : oneOf];
}

/** What the amendment takes for an object is one, and what it takes for none is none. */
export function hasShapeFor({ path, value }: ExpressionScope, amendment: Amendment): string[] {
  const { create, growth } = amendment;
  // Whatever grows `preferences` asks for their size, which only an object has.
  const objects = amendment.objects.filter((at) => growth === 0 || at.length > 1);
  if (objects.length + create.length === 0) return [];
  const map = value('M');
  const isObject = (at: readonly string[]) => `attribute_type(${path(...at)}, ${map})`;
  return [...objects.map(isObject), ...create.map((step) => `NOT ${isObject(step.path)}`)];
}

/** `preferences` stays within its bound even if the amendment only adds. */
export function hasRoomFor({ path, value }: ExpressionScope, growth: number): string {
  return `${path('preferencesBytes')} <= ${value(maxPreferencesBytes - growth)}`;
}
