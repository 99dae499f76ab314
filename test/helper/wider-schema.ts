import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Teardown } from './teardown.ts';

export const defaultSchemaFile = fileURLToPath(
  new URL('../../profile.schema.json', import.meta.url),
);

/** The default file with two look-ups more, by `CrmIndex` and `BadgeIndex`, in a file of its own. */
export function writeWiderSchema(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const schema = JSON.parse(readFileSync(defaultSchemaFile, 'utf8'));
  Object.assign(schema.properties, {
    crmId: { type: 'string', maxLength: 44, 'x-lookup': 'CrmIndex' },
    badge: { type: 'string', maxLength: 20, 'x-lookup': 'BadgeIndex' },
  });
  const path = join(folder, 'wider.json');
  writeFileSync(path, JSON.stringify(schema));
  return path;
}
