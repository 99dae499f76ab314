import type { Amendment } from '../profiles/amendment.ts';
import { sizeAttribute } from '../schema/reserved-names.ts';
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

export function hasVersion({ path, value }: ExpressionScope, version: number): string {
  return `${path('version')} = ${value(version)}`;
}

export function isTombstoneOf({ path, value }: ExpressionScope, erasedAt: string): string {
  return `attribute_exists(${path(timeToLiveAttribute)}) AND ${path('erasedAt')} = ${value(erasedAt)}`;
}

/** Versions only rise, also across lives: an item has each once. */
export function isLiveAt(scope: ExpressionScope, version: number): string {
  return `${isLive(scope)} AND ${hasVersion(scope, version)}`;
}

/** A write of this moment was not shut out; nothing compares with an attribute that is absent. */
export function isNotFenced({ path, value }: ExpressionScope, at: string): string {
  return `NOT ${path('fencedAt')} >= ${value(at)}`;
}

/**
 * Live, and no write of this moment or a later one has happened: so none is applied twice, however
 * late it arrives. Times are RFC 3339 in UTC with milliseconds, so they compare as text.
 */
export function isLiveBefore({ path, value }: ExpressionScope, at: string): string {
  return `${path('updatedAt')} < ${value(at)}`;
}

/** The life that began after this erasure, or the first one. */
export function isInLife({ path, value }: ExpressionScope, erasedAt: string | undefined): string {
  const attribute = path('erasedAt');
  return erasedAt === undefined
    ? `attribute_not_exists(${attribute})`
    : `${attribute} = ${value(erasedAt)}`;
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

/** What the amendment takes for an object is one, and what it takes for absent is absent. */
export function hasShapeFor({ path, value }: ExpressionScope, amendment: Amendment): string[] {
  const { create, growth } = amendment;
  // Whatever grows a free object asks for its size, which only an object has.
  const sized = new Set(growth.filter(({ begins }) => !begins).map(({ field }) => field));
  const objects = amendment.objects.filter(([field = '', ...below]) => {
    return below.length > 0 || !sized.has(field);
  });
  if (objects.length + create.length === 0) return [];
  const map = value('M');
  const isObject = (at: readonly string[]) => `attribute_type(${path(...at)}, ${map})`;
  return [...objects.map(isObject), ...create.map((step) => `NOT ${isObject(step.path)}`)];
}

/** A free object stays within its bound even if the amendment only adds: it has this size or less. */
export function hasRoomFor({ path, value }: ExpressionScope, field: string, bytes: number): string {
  return `${path(sizeAttribute(field))} <= ${value(bytes)}`;
}
