import { findViolations } from '../json/json-value.ts';
import { type FieldName, fieldNames } from '../profiles/record.ts';

const types = ['string', 'number', 'boolean', 'json'] as const;
export type ValueType = (typeof types)[number];

/** Where the value of a user's attribute goes. Cognito gives every value as a string. */
export interface MapRule {
  readonly attribute: string;
  readonly field: FieldName;
  /** Keys below `preferences`; empty for a whole field. */
  readonly keys: readonly string[];
  readonly type: ValueType;
}

const defaults: readonly MapRule[] = [
  wholeField('email', 'email'),
  wholeField('email_verified', 'emailVerified'),
  wholeField('given_name', 'givenName'),
  wholeField('family_name', 'familyName'),
  wholeField('name', 'displayName'),
  wholeField('picture', 'avatarUrl'),
];

function wholeField(attribute: string, field: FieldName): MapRule {
  return { attribute, field, keys: [], type: naturalType(field) };
}

function naturalType(field: FieldName): ValueType {
  if (field === 'emailVerified') return 'boolean';
  return field === 'preferences' ? 'json' : 'string';
}

/** `custom:theme=preferences.theme`, and with a type `custom:size=preferences.size:number`. */
export function parseMapRule(text: string): MapRule {
  const equals = text.indexOf('=');
  const attribute = text.slice(0, Math.max(equals, 0)).trim();
  const target = text.slice(equals + 1).trim();
  if (equals < 1 || attribute === '' || target === '') {
    throw new Error(`--map ${text}: is written ATTRIBUTE=FIELD`);
  }
  const [path, type] = splitType(target);
  const [field, ...keys] = path.split('.') as [string, ...string[]];
  if (!isFieldName(field)) {
    throw new Error(`--map ${text}: ${field} is none of ${fieldNames.join(', ')}`);
  }
  if (field !== 'preferences' && (keys.length > 0 || type)) {
    throw new Error(`--map ${text}: only preferences has keys and types`);
  }
  const nested = keys.reduceRight<object>((inner, key) => ({ [key]: inner }), {});
  const [fault] = findViolations(nested);
  if (fault) throw new Error(`--map ${text}: ${fault.pointer || 'the path'} ${fault.detail}`);
  if (keys.length === 0) return wholeField(attribute, field);
  return { attribute, field, keys, type: type ?? 'string' };
}

function splitType(target: string): [string, ValueType | undefined] {
  const colon = target.lastIndexOf(':');
  const type = types.find((name) => name === target.slice(colon + 1));
  return colon > 0 && type ? [target.slice(0, colon), type] : [target, undefined];
}

/** The rules of one run: what `--map` says, and the standard attributes for all other fields. */
export function mergeRules(asked: readonly MapRule[]): MapRule[] {
  for (const [index, rule] of asked.entries()) {
    const clash = asked.slice(0, index).find((other) => overlap(pathOf(rule), pathOf(other)));
    if (clash) {
      const [one, other] = [describeRule(clash), describeRule(rule)];
      throw new Error(`--map ${one} and --map ${other} would write the same place`);
    }
  }
  const taken = new Set(asked.map(({ field }) => field));
  return [...defaults.filter(({ field }) => !taken.has(field)), ...asked];
}

export function describeRule(rule: MapRule): string {
  const type = rule.type === naturalType(rule.field) && rule.keys.length === 0 ? '' : rule.type;
  return `${rule.attribute}=${pathOf(rule).join('.')}${type && `:${type}`}`;
}

export function pathOf({ field, keys }: MapRule): string[] {
  return [field, ...keys];
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  return one.every((key, index) => index >= other.length || key === other[index]);
}

function isFieldName(name: string): name is FieldName {
  return (fieldNames as string[]).includes(name);
}
