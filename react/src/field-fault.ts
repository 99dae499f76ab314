import type { FieldSchema } from 'user-profile-client';
import { readLines } from './drafts.ts';
import type { ProfileField } from './fields.ts';

/** What is wrong with a text, and the bound that says so. */
export type FieldFault =
  | { readonly kind: 'tooLong' | 'tooMany'; readonly most: number }
  | { readonly kind: 'notHttps' | 'notNumber' | 'notWhole' | 'notJson' }
  | { readonly kind: 'tooSmall'; readonly least: number }
  | { readonly kind: 'tooLarge'; readonly most: number };

/** What can be told before the service is asked; the rest is for the service to say. */
export function checkField(
  { control, schema }: ProfileField,
  typed: string,
): FieldFault | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  switch (control) {
    case 'number':
      return checkNumber(schema, text);
    case 'json':
      return isJson(text, schema.type) ? undefined : { kind: 'notJson' };
    case 'lines': {
      const lines = readLines(text);
      const { items, maxItems = Number.POSITIVE_INFINITY } = schema;
      if (lines.length > maxItems) return { kind: 'tooMany', most: maxItems };
      for (const line of items ? lines : []) {
        const fault = items?.type === 'string' ? checkText(items, line) : checkNumber(items, line);
        if (fault) return fault;
      }
      return undefined;
    }
    default:
      return checkText(schema, text);
  }
}

function checkText({ maxLength, format }: FieldSchema, text: string): FieldFault | undefined {
  if (maxLength !== undefined && [...text].length > maxLength) {
    return { kind: 'tooLong', most: maxLength };
  }
  const isHttps = URL.canParse(text) && new URL(text).protocol === 'https:';
  return format === 'uri' && !isHttps ? { kind: 'notHttps' } : undefined;
}

function checkNumber(schema: FieldSchema | undefined, text: string): FieldFault | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return { kind: 'notNumber' };
  const value = Number(text);
  // JSON has no infinity: sent, it would be null, which removes what was there.
  if (!Number.isFinite(value)) return { kind: 'notNumber' };
  const isWhole = schema?.type === 'integer';
  if (isWhole && !Number.isInteger(value)) return { kind: 'notWhole' };
  const least = schema?.minimum ?? (isWhole ? Number.MIN_SAFE_INTEGER : value);
  const most = schema?.maximum ?? (isWhole ? Number.MAX_SAFE_INTEGER : value);
  if (value < least) return { kind: 'tooSmall', least };
  return value > most ? { kind: 'tooLarge', most } : undefined;
}

function isJson(text: string, type: FieldSchema['type']): boolean {
  try {
    const value = JSON.parse(text);
    if (type === 'array') return Array.isArray(value);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
