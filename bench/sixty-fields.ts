import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const count = 60;
/** Besides `email`, which every file has. */
const lookups = 5;
const kinds = [
  { type: 'string', maxLength: 40 },
  { type: 'string', maxLength: 40, pattern: '^[a-z]{1,8}_[a-z0-9]{1,30}$' },
  { type: 'string', enum: ['one', 'two', 'three'] },
  { type: 'integer', minimum: 0, maximum: 1000 },
  { type: 'boolean' },
  { type: 'array', items: { type: 'string', maxLength: 20 }, maxItems: 8 },
  { type: 'object', properties: { city: { type: 'string', maxLength: 40 } } },
  { type: 'string', format: 'date' },
];

/** A schema file with the default's fields, so that answers are the same, and 53 more. */
export function writeSixtyFields(): string {
  const file = JSON.parse(
    readFileSync(new URL('../profile.schema.json', import.meta.url), 'utf8'),
  ) as { properties: Record<string, Record<string, unknown>> };
  const { properties } = file;
  let missing = lookups - Object.values(properties).filter((field) => field['x-lookup']).length;
  for (let number = Object.keys(properties).length; number < count; number++) {
    const kind = kinds[number % kinds.length];
    const isText = kind?.type === 'string' && 'maxLength' in kind;
    properties[`field${number}`] = {
      ...kind,
      'x-write': ['self', 'service'],
      ...(isText && missing-- > 0 && { 'x-lookup': `Field${number}Index` }),
    };
  }
  const path = fileURLToPath(new URL('../.cache/bench/sixty-fields.json', import.meta.url));
  mkdirSync(fileURLToPath(new URL('../.cache/bench', import.meta.url)), { recursive: true });
  writeFileSync(path, JSON.stringify(file));
  return path;
}
