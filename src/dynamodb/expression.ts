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

/** Which attributes of an item a read is for. */
export interface Projection {
  readonly ProjectionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
}

/** What DynamoDB takes, bytes. */
const maxExpressionBytes = 4_096;

/** Undefined where there are more than one expression can name. */
export function createProjection(names: readonly string[]): Projection | undefined {
  const { path, attributes } = createExpressionScope();
  const ProjectionExpression = names.map((name) => path(name)).join();
  if (ProjectionExpression.length > maxExpressionBytes) return undefined;
  const { ExpressionAttributeNames } = attributes();
  return { ProjectionExpression, ExpressionAttributeNames };
}

export type ExpressionScope = ReturnType<typeof createExpressionScope>;
