import type { JsonValue } from '../../src/json/json-value.ts';
import type { FieldDefinition, Property, Scalar, SchemaFile } from '../../src/schema/vocabulary.ts';
import type { Random } from '../helper/random.ts';

const words = ['dev', 'ops', 'Straße', '東京', 'naïve', '😀', 'a b', 'x'];
const claims = ['nickname', 'locale', 'zoneinfo', 'custom:job', 'custom:level'];
/** Each with texts that match it. */
const patterns: [pattern: string, matching: (random: Random) => string][] = [
  ['^crm_[a-z0-9]{1,20}$', (random) => `crm_${letters(random, 1, 16)}`],
  ['^[A-Z]{2}\\d{3}$', (random) => `DE${100 + random.below(900)}`],
  ['^\\p{L}+(?: \\p{L}+)*$', () => 'Grace Hopper'],
  ['^(?:[a-z]+-)*[a-z]+$', (random) => `${letters(random, 1, 5)}-${letters(random, 1, 5)}`],
];

/** A schema file that is valid, of up to `maxFields` fields of every kind. */
export function createSchemaFile(random: Random, maxFields = 12): SchemaFile {
  const properties: Record<string, FieldDefinition> = {};
  const count = 1 + random.below(maxFields);
  for (let index = 0; index < count; index++) {
    const name = `${random.pick(['field', 'Field_', 'f', 'longerNameOfAField'])}${index}`;
    properties[name] = createField(random, name);
  }
  return { properties };
}

function createField(random: Random, name: string): FieldDefinition {
  const readers = random.pick([
    undefined,
    ['self', 'service'],
    ['service'],
    ['self'],
    ['everyone'],
    [],
  ] as const);
  const able = readers?.includes('everyone' as never)
    ? (['self', 'service'] as const)
    : (readers ?? (['self', 'service'] as const));
  const writers = able.filter(() => random.chance(0.6)) as ('self' | 'service')[];
  const property = createProperty(random, 0);
  const canLookUp = property.type === 'string' && writers.includes('service') && random.chance(0.3);
  return {
    ...property,
    ...(readers && { 'x-read': [...readers] }),
    'x-write': writers,
    ...(random.chance(0.3) && { 'x-from': random.pick(claims) }),
    ...(random.chance(0.3) && { title: `The ${name}`, 'x-title': { de: `Das ${name}` } }),
    ...(canLookUp && { 'x-lookup': `Index-${name}` }),
  } as FieldDefinition;
}

function createProperty(random: Random, level: number): Property {
  const choice = random.below(100) / 100;
  if (choice < 0.65) return createScalar(random);
  if (choice < 0.8) {
    return { type: 'array', items: createScalar(random), maxItems: 1 + random.below(8) };
  }
  if (level === 0 && choice < 0.9) {
    return { type: 'object', additionalProperties: true, 'x-maxBytes': 1000 };
  }
  const properties: Record<string, Property> = {};
  for (let index = 0; index <= random.below(4); index++) {
    properties[`inner${index}`] =
      level < 3 ? createProperty(random, level + 1) : createScalar(random);
  }
  return { type: 'object', properties };
}

function createScalar(random: Random): Scalar {
  switch (random.below(8)) {
    case 0:
      return { type: 'string', maxLength: 20, pattern: random.pick(patterns)[0] };
    case 1:
      return { type: 'string', enum: ['dev', 'ops', 'Straße'] };
    case 2:
      return { type: 'string', format: random.pick(['date', 'date-time'] as const) };
    case 3:
      return { type: 'string', format: random.pick(['email', 'uri'] as const), maxLength: 200 };
    case 4:
      return { type: 'integer', minimum: -5, maximum: 1000 };
    case 5:
      return random.chance(0.5) ? { type: 'number' } : { type: 'number', minimum: 0, maximum: 1 };
    case 6:
      return { type: 'boolean' };
    default:
      return { type: 'string', minLength: 1, maxLength: 1 + random.below(60) };
  }
}

/** A value that fits the property. */
export function createValue(random: Random, property: Property): JsonValue {
  switch (property.type) {
    case 'boolean':
      return random.chance(0.5);
    case 'integer': {
      const { minimum = -1e9, maximum = 1e9 } = property;
      return minimum + random.below(maximum - minimum + 1);
    }
    case 'number': {
      const { minimum = -1e9, maximum = 1e9 } = property;
      return minimum + (random.below(1_000_000) / 1_000_000) * (maximum - minimum);
    }
    case 'array':
      return Array.from({ length: random.below(property.maxItems + 1) }, () =>
        createValue(random, property.items),
      );
    case 'object':
      if (!property.properties) return { key: random.pick(words), deep: { list: [1, 'two'] } };
      return Object.fromEntries(
        Object.entries(property.properties)
          .filter(() => random.chance(0.8))
          .map(([name, inner]) => [name, createValue(random, inner)]),
      );
    case 'string':
      return createText(random, property);
  }
}

function createText(random: Random, property: Extract<Property, { type: 'string' }>): string {
  const { pattern, format, minLength = 1, maxLength = 60 } = property;
  if (property.enum) return random.pick(property.enum);
  const matching = patterns.find(([source]) => source === pattern)?.[1];
  if (matching) return matching(random);
  if (format === 'date') return '2024-02-29';
  if (format === 'date-time') return '2026-11-24T10:15:30.5+02:00';
  if (format === 'email') return `${letters(random, 1, 8)}@example.com`;
  if (format === 'uri') return `https://example.com/${letters(random, 1, 8)}`;
  const points = [...`${random.pick(words)}${letters(random, maxLength, maxLength)}`];
  const length = minLength + random.below(maxLength - minLength + 1);
  return points.slice(0, length).join('');
}

/** A value that does not fit the property, of its type or another. */
export function createMisfit(random: Random, property: Property): JsonValue {
  if (property.type === 'boolean') return random.pick(['true', 0, {}, []] as JsonValue[]);
  if (property.type === 'integer') return random.pick([1.5, '7', true, {}] as JsonValue[]);
  if (property.type === 'number') return random.pick(['7', false, []] as JsonValue[]);
  if (property.type === 'array') {
    return random.pick([{}, 'text', new Array(property.maxItems + 1).fill(null)] as JsonValue[]);
  }
  if (property.type === 'object') {
    const inner = property.properties ? { unknown: 1 } : { '': 1 };
    return random.pick([[], 'text', 3, inner] as JsonValue[]);
  }
  return random.pick(['', 7, true, {}, '\ud800', 'x'.repeat(2_100)] as JsonValue[]);
}

function letters(random: Random, min: number, max: number): string {
  const length = min + random.below(max - min + 1);
  return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[random.below(26)]).join('');
}
