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

const jsonTypes = ['S', 'N', 'BOOL', 'NULL', 'L', 'M'] as const;

export function toAttributeMap(value: JsonObject): Record<string, AttributeValue> {
  const map: Record<string, AttributeValue> = {};
  for (const key of Object.keys(value)) map[key] = toAttributeValue(value[key] as JsonValue);
  return map;
}

/** Whether its type is one that this service writes. */
export function isJson(value: AttributeValue): boolean {
  return jsonTypes.some((type) => type in value);
}

/** Of sets and bytes, which other programs may write, the nearest that JSON has: lists and base64. */
export function fromAttributeValue(value: AttributeValue): JsonValue {
  if (value.S !== undefined) return value.S;
  if (value.M !== undefined) return fromAttributeMap(value.M);
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  if (value.NULL) return null;
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map(Number);
  if (value.B !== undefined) return toBase64(value.B);
  return (value.BS ?? []).map(toBase64);
}

/** An answer that is read as it came has bytes as base64 already. */
function toBase64(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
}

/** DynamoDB promises no order of keys; one version is always the same bytes. */
function fromAttributeMap(map: Record<string, AttributeValue>): JsonObject {
  const value: JsonObject = {};
  for (const key of sortKeys(map)) value[key] = fromAttributeValue(map[key] as AttributeValue);
  return value;
}
