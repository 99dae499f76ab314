import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonValue } from '../json/json-value.ts';
import { toAttributeValue } from './transport/attribute-value.ts';

/** Collects the names and values of an expression behind placeholders, each once. */
export function createExpressionScope() {
  const placeholders = new Map<string, string>();
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  let count = 0;

  function nameOf(part: string): string {
    const known = placeholders.get(part);
    if (known !== undefined) return known;
    const placeholder = `#${placeholders.size}`;
    placeholders.set(part, placeholder);
    names[placeholder] = part;
    return placeholder;
  }

  return {
    /** A document path, whatever characters its parts have. */
    path(...parts: readonly string[]): string {
      return parts.map(nameOf).join('.');
    },

    value(value: JsonValue): string {
      const placeholder = `:${count++}`;
      values[placeholder] = toAttributeValue(value);
      return placeholder;
    },

    /** What was collected, as the table is told it. */
    attributes() {
      return {
        ExpressionAttributeNames: names,
        ...(count > 0 && { ExpressionAttributeValues: values }),
      };
    },
  };
}

export type ExpressionScope = ReturnType<typeof createExpressionScope>;
