import { findViolations } from '../json/json-value.ts';
import type { TextType } from '../profiles/identity-fields.ts';
import type { Field } from '../schema/field.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';

const types: readonly TextType[] = ['string', 'number', 'boolean', 'json'];

/** Where the value of a user's attribute goes. Cognito gives every value as a string. */
export interface MapRule {
  readonly attribute: string;
  readonly field: Field;
  /** Keys below a free object; empty for a whole field, which is read as its own type. */
  readonly keys: readonly string[];
  /** Of a value below a free object. */
  readonly type?: TextType | undefined;
}

/**
 * `custom:crm=crmId`, and below a free object `custom:size=settings.size:number`.
 * @throws {Error} that says what is wrong with the text
 */
export function parseMapRule(text: string, { fields }: ProfileSchema): MapRule {
  const equals = text.indexOf('=');
  const attribute = text.slice(0, Math.max(equals, 0)).trim();
  const target = text.slice(equals + 1).trim();
  if (equals < 1 || attribute === '' || target === '') {
    throw new Error(`--map ${text}: is written ATTRIBUTE=FIELD`);
  }
  const [path, type] = splitType(target);
  const [name, ...keys] = path.split('.') as [string, ...string[]];
  const field = fields.get(name);
  if (!field || field.isRetired) {
    const names = [...fields.values()].filter(({ isRetired }) => !isRetired);
    throw new Error(
      `--map ${text}: ${name} is not one of ${names.map((each) => each.name).join(', ')}`,
    );
  }
  if (!isFree(field) && (keys.length > 0 || type)) {
    throw new Error(`--map ${text}: only a free object has keys and types`);
  }
  const nested = keys.reduceRight<object>((inner, key) => ({ [key]: inner }), {});
  const [fault] = findViolations(nested);
  if (fault) throw new Error(`--map ${text}: ${fault.pointer || 'the path'} ${fault.detail}`);
  if (keys.length === 0) return { attribute, field, keys };
  return { attribute, field, keys, type: type ?? 'string' };
}

function isFree({ maxBytes }: Field): boolean {
  return maxBytes !== undefined;
}

function splitType(target: string): [string, TextType | undefined] {
  const colon = target.lastIndexOf(':');
  const type = types.find((name) => name === target.slice(colon + 1));
  return colon > 0 && type ? [target.slice(0, colon), type] : [target, undefined];
}

/** The rules of one run: what `--map` says, and `x-from` of the schema for all other fields. */
export function mergeRules(asked: readonly MapRule[], { fields }: ProfileSchema): MapRule[] {
  for (const [index, rule] of asked.entries()) {
    const clash = asked.slice(0, index).find((other) => overlap(pathOf(rule), pathOf(other)));
    if (clash) {
      const [one, other] = [formatRule(clash), formatRule(rule)];
      throw new Error(`--map ${one} and --map ${other} would write the same place`);
    }
  }
  const taken = new Set(asked.map(({ field }) => field.name));
  const defaults = [...fields.values()].flatMap((field) => {
    const { name, from } = field;
    const isGiven = from !== undefined && !taken.has(name);
    return isGiven ? [{ attribute: from, field, keys: [] }] : [];
  });
  return [...defaults, ...asked];
}

export function formatRule(rule: MapRule): string {
  return `${rule.attribute}=${pathOf(rule).join('.')}${rule.type ? `:${rule.type}` : ''}`;
}

export function pathOf({ field, keys }: MapRule): string[] {
  return [field.name, ...keys];
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  return one.every((key, index) => index >= other.length || key === other[index]);
}
