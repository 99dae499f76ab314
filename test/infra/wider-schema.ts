import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFile } from './terraform.ts';

/** The default file with two look-ups more, by `CrmIndex` and `BadgeIndex`, in a file of its own. */
export function writeWiderSchema(folder: string): string {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  Object.assign(schema.properties, {
    crmId: { type: 'string', maxLength: 44, 'x-lookup': 'CrmIndex' },
    badge: { type: 'string', enum: ['red', 'blue'], 'x-lookup': 'BadgeIndex' },
  });
  const path = join(folder, 'wider.json');
  writeFileSync(path, JSON.stringify(schema));
  return path;
}
