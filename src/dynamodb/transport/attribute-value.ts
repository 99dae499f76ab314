import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type JsonObject, type JsonValue, sortKeys } from '../../json/json-value.ts';

/**
 * JSON to and from DynamoDB's typed values. The SDK's own marshaller refuses doubles above 2^53
 * and answers bigints; JSON numbers are doubles, which 17 of DynamoDB's 38 digits hold exactly.
 */
export function toAttributeValue(value: JsonValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  return { M: toAttributeMap(value) };
}

export function toAttributeMap(value: JsonObject): Record<string, AttributeValue> {
  const map: Record<string, AttributeValue> = {};
  for (const key of Object.keys(value)) map[key] = toAttributeValue(value[key] as JsonValue);
  return map;
}

/** @throws {TypeError} on a type that JSON has no equal of, which this service never writes. */
export function fromAttributeValue(value: AttributeValue): JsonValue {
  if (value.S !== undefined) return value.S;
  if (value.M !== undefined) return fromAttributeMap(value.M);
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  if (value.NULL) return null;
  throw new TypeError(`An attribute of type ${Object.keys(value).join()} is no JSON value`);
}

/** DynamoDB promises no order of keys; one version is always the same bytes. */
function fromAttributeMap(map: Record<string, AttributeValue>): JsonObject {
  const value: JsonObject = {};
  for (const key of sortKeys(map)) value[key] = fromAttributeValue(map[key] as AttributeValue);
  return value;
}
