import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { files } from '../../files.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { digestKey, fillFields } from './fill-fields.ts';

/**
 * The contract of a service with these fields, as text. Load this module when somebody asks: it
 * brings a parser. The import of `yaml` is static because, in the bundle, a CommonJS package that is
 * imported dynamically has a default export and nothing else.
 */
export async function readContract(schema: ProfileSchema, form: 'json' | 'yaml'): Promise<string> {
  const text = await readFile(files.contract, 'utf8');
  const isCurrent = new RegExp(`^  ${digestKey}: "?${schema.digest}"?$`, 'm').test(text);
  if (form === 'yaml' && isCurrent) return text;
  const document = isCurrent ? parse(text) : fillFields(parse(text), schema);
  return form === 'json' ? JSON.stringify(document) : formatContract(document);
}

export function formatContract(document: unknown): string {
  return stringify(document, { lineWidth: 100, aliasDuplicateObjects: false });
}
