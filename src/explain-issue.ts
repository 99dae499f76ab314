import type * as z from 'zod';

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};

const units: Record<string, string> = { string: 'characters', array: 'entries' };

/**
 * An issue of a schema as a sentence that says what is allowed, for people and operators: the
 * library's own words speak of its types. Messages that a schema brings itself go first.
 */
export const explainIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in units) return 'must not be empty';
      return explainBound(issue.origin, issue.inclusive ? 'at least' : 'above', issue.minimum);
    case 'too_big':
      return explainBound(issue.origin, issue.inclusive ? 'at most' : 'below', issue.maximum);
    case 'invalid_value':
      return `must be ${listValues(issue.values)}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL such as https://example.com' : undefined;
    case 'unrecognized_keys':
      return `has keys that are not known: ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
};

function explainBound(origin: string, side: string, bound: number | bigint): string {
  const unit = units[origin];
  return unit === undefined ? `must be ${side} ${bound}` : `must have ${side} ${bound} ${unit}`;
}

function listValues(values: readonly unknown[]): string {
  const written = values.map(String).join(', ');
  return values.length === 1 ? written : `one of ${written}`;
}
