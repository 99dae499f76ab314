import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { readTextAs, readTold, type TextType } from '../profiles/identity-fields.ts';
import { type ProfileFields, userId as userIdSchema } from '../profiles/record.ts';
import { type MapRule, pathOf } from './map-rules.ts';
import type { PoolUser } from './pool-users.ts';

/** A value that does not fit the record: never the value itself, which may be personal. */
export interface Misfit {
  readonly attribute: string;
  readonly field: string;
  readonly reason: string;
}

export interface MappedUser {
  readonly userId: string;
  readonly fields: ProfileFields;
  readonly misfits: readonly Misfit[];
}

/** A person is known by `sub`; the Username may be an e-mail address and can be given again. */
export function findUserId({ attributes }: PoolUser): string | undefined {
  return userIdSchema.safeParse(attributes.get('sub')).data;
}

/**
 * The fields of a user's profile by these rules, and what would not fit.
 * Cognito leaves an attribute that was cleared as an empty string: that is an absent one.
 */
export function mapUser(userId: string, user: PoolUser, rules: readonly MapRule[]): MappedUser {
  const fields: ProfileFields = {};
  const misfits: Misfit[] = [];
  for (const rule of rules) {
    const text = user.attributes.get(rule.attribute);
    if (text === undefined || text === '') continue;
    const reason = addValue(fields, rule, text);
    if (reason) misfits.push({ attribute: rule.attribute, field: pathOf(rule).join('.'), reason });
  }
  if (fields.email === undefined) delete fields.emailVerified;
  else fields.emailVerified ??= false;
  return { userId, fields, misfits };
}

/** Returns why the value does not fit; undefined when it was taken. */
function addValue(
  fields: ProfileFields,
  { field, keys, type }: MapRule,
  text: string,
): string | undefined {
  if (keys.length === 0 || type === undefined) {
    const read = readTold(field, text);
    if ('reason' in read) return read.reason;
    fields[field.name] = read.value;
    return undefined;
  }
  const value = readTextAs(type, text);
  if (value === undefined) return misreadings[type];
  // Checked alone first: what does not fit must not take the others with it.
  const alone = readTold(field, setAt({}, keys, value));
  if ('reason' in alone) return alone.reason;
  const merged = readTold(field, setAt(fields[field.name] as JsonObject | undefined, keys, value));
  if ('reason' in merged) return `${field.name} ${merged.reason}`;
  fields[field.name] = merged.value;
  return undefined;
}

function setAt(
  target: JsonObject | undefined,
  keys: readonly string[],
  value: JsonValue,
): JsonValue {
  const [key, ...below] = keys;
  if (key === undefined) return value;
  const inner = target && Object.hasOwn(target, key) ? (target[key] as JsonObject) : undefined;
  return { ...target, [key]: setAt(inner, below, value) };
}

const misreadings: Record<TextType, string> = {
  string: 'is no text',
  boolean: 'must be true or false',
  number: 'must be a number that can be kept exactly',
  json: 'must be JSON that can be kept exactly',
};
