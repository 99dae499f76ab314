import { longestText } from './text/compile-text.ts';
import type { Property } from './vocabulary.ts';

/** What DynamoDB counts for a value at most, in bytes. Source: "Item sizes and formats", DynamoDB. */
export function measureLargest(property: Property): number {
  switch (property.type) {
    case 'string':
      return longestText(property) * bytesOfCodePoint;
    case 'integer':
    case 'number':
      return largestNumber;
    case 'boolean':
      return 1;
    case 'array':
      return container + property.maxItems * (1 + measureLargest(property.items));
    case 'object':
      if (!property.properties) return (property['x-maxBytes'] ?? 0) * bytesOfSerialized;
      return Object.entries(property.properties).reduce(
        (sum, [name, inner]) => sum + 1 + name.length + measureLargest(inner),
        container,
      );
  }
}

/**
 * What DynamoDB counts at most for who wrote a field, in bytes: under its name a letter, and under
 * its name and a sign a moment of 8 characters and an id of 36.
 */
export function measureNotes(name: string): number {
  return name.length + 2 + name.length + 2 + 46;
}

const bytesOfCodePoint = 4;
const largestNumber = 21;
const container = 3;
/** `[]` is two bytes of JSON, and a list of the table takes three and one more in its own list. */
const bytesOfSerialized = 2;
