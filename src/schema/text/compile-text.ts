import { hasLength } from '../../json/json-value.ts';
import { type Check, fail } from '../check.ts';
import type { TextProperty } from '../vocabulary.ts';
import { isDate, isDateTime } from './dates.ts';
import { isEmailAddress } from './email-address.ts';
import { toCanonicalUrl } from './secure-url.ts';

/** Returns why a text does not have its form; undefined when it does. */
type Form = (text: string) => string | undefined;

const maxListed = 10;

/** A text within its length, then of its format, pattern or list: in that order. */
export function compileText(property: TextProperty): Check {
  const { minLength = 1 } = property;
  const maxLength = longestText(property);
  const length = minLength === maxLength ? `${maxLength}` : `${minLength} to ${maxLength}`;
  const wrongLength = `must have ${length} characters`;
  const findFault = compileForm(property);

  return (value, path, found) => {
    if (typeof value !== 'string') return fail(found, path, 'must be a text');
    if (!hasLength(value, minLength, maxLength)) return fail(found, path, wrongLength);
    if (!value.isWellFormed()) {
      return fail(found, path, 'must be well-formed Unicode, without unpaired surrogates');
    }
    const fault = findFault(value);
    return fault === undefined ? value : fail(found, path, fault);
  };
}

/** In code points; 0 where the definition does not say. */
export function longestText(property: TextProperty): number {
  if (property.enum) return Math.max(...property.enum.map((value) => [...value].length));
  if (property.maxLength !== undefined) return property.maxLength;
  if (property.format === 'date') return 10;
  return property.format === 'date-time' ? 35 : 0;
}

function compileForm(property: TextProperty): Form {
  if (property.enum) return compileList(property.enum);
  if (property.pattern !== undefined) {
    const expression = new RegExp(property.pattern, 'u');
    const detail = `must match ${property.pattern}`;
    return (text) => (expression.test(text) ? undefined : detail);
  }
  return property.format ? formats[property.format] : () => undefined;
}

function compileList(list: readonly string[]): Form {
  const values = new Set(list);
  const shown = list.slice(0, maxListed).map((value) => JSON.stringify(value));
  const detail = `must be one of ${shown.join(', ')}${list.length > maxListed ? ', …' : ''}`;
  return (text) => (values.has(text) ? undefined : detail);
}

const formats: Record<NonNullable<TextProperty['format']>, Form> = {
  date: (text) => (isDate(text) ? undefined : 'must be a date such as 2026-11-24'),
  'date-time': (text) =>
    isDateTime(text) ? undefined : 'must be a time such as 2026-11-24T10:15:30Z',
  email: (text) =>
    isEmailAddress(text) ? undefined : 'must be an e-mail address, such as name@domain',
  uri(text) {
    const canonical = toCanonicalUrl(text);
    if (canonical === text) return undefined;
    return canonical === undefined
      ? 'must be an absolute https: URL without white space, backslash, user name or password'
      : 'must be written canonically: scheme and host in lower case, a path after the host, and every other character percent-encoded';
  },
};
