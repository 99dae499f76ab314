import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonValue } from '../json/json-value.ts';
import { toAttributeValue } from './transport/attribute-value.ts';

/** Collects the names and values of an expression behind placeholders, each once. */
export function createExpressionScope() {
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  let count = 0;

  return {
    /** A document path, whatever characters its parts have. */
    path(...parts: readonly string[]): string {
      return parts
        .map((part) => {
          const placeholder = names.get(part) ?? `#${names.size}`;
          names.set(part, placeholder);
          return placeholder;
        })
        .join('.');
    },

    value(value: JsonValue): string {
      const placeholder = `:${count++}`;
      values[placeholder] = toAttributeValue(value);
      return placeholder;
    },

    get attributes() {
      return {
        ExpressionAttributeNames: Object.fromEntries(
          [...names].map(([name, placeholder]) => [placeholder, name]),
        ),
        ...(count > 0 && { ExpressionAttributeValues: values }),
      };
    },
  };
}

export type ExpressionScope = ReturnType<typeof createExpressionScope>;
