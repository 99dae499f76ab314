import { parseJsonText } from '../json/json-text.ts';
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { maxPreferencesBytes } from '../json/json-value.ts';
import { parseToldField } from '../profiles/precedence.ts';
import { fitsPreferences, type ProfileFields, userId as userIdSchema } from '../profiles/record.ts';
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
  const fields: Record<string, JsonValue> = {};
  const misfits: Misfit[] = [];
  for (const rule of rules) {
    const text = user.attributes.get(rule.attribute);
    if (text === undefined || text === '') continue;
    const reason = addValue(fields, rule, text);
    if (reason) misfits.push({ attribute: rule.attribute, field: pathOf(rule).join('.'), reason });
  }
  if (fields.email === undefined) delete fields.emailVerified;
  else fields.emailVerified ??= false;
  return { userId, fields: fields as ProfileFields, misfits };
}

/** Answers why the value does not fit; undefined when it was taken. */
function addValue(
  fields: Record<string, JsonValue>,
  rule: MapRule,
  text: string,
): string | undefined {
  const value = readValue(text, rule);
  if (value === undefined) return misreadings[rule.type];
  if (rule.field !== 'preferences') {
    const parsed = parseToldField(rule.field, value);
    if (!parsed.success) return explain(parsed.error);
    fields[rule.field] = parsed.data as JsonValue;
    return undefined;
  }
  // Checked alone first: what does not fit must not take the other preferences with it.
  const parsed = parseToldField('preferences', setAt({}, rule.keys, value));
  if (!parsed.success) return explain(parsed.error);
  const merged = setAt(fields.preferences as JsonObject | undefined, rule.keys, value);
  if (!fitsPreferences(merged as JsonObject)) {
    return `preferences would exceed ${maxPreferencesBytes} bytes`;
  }
  fields.preferences = merged;
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

const misreadings = {
  string: 'is no text',
  boolean: 'must be true or false',
  number: 'must be a number that can be kept exactly',
  json: 'must be JSON that can be kept exactly',
} as const;

function readValue(text: string, { type }: MapRule): JsonValue | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') {
    const word = text.toLowerCase();
    return word === 'true' || (word === 'false' ? false : undefined);
  }
  try {
    const value = parseJsonText(Buffer.from(text)) as JsonValue;
    return type === 'json' || typeof value === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

function explain({ issues }: { issues: readonly { message: string }[] }): string {
  return issues[0]?.message ?? 'does not fit';
}
