import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { defaultSchema } from '../helper/default-schema.ts';
import { infraFolder } from './terraform.ts';

/** Every profile's, so no file defines them. */
const core = new Set(['email', 'emailVerified']);

t.test('the infrastructure names no field of the schema and no index of one', async (t) => {
  const own = [...defaultSchema.fields.values()].filter(({ name }) => !core.has(name));
  const names = own.flatMap(({ name, index }) => (index ? [name, index] : [name]));
  t.ok(names.length > 7);
  const files = readdirSync(infraFolder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('.terraform'),
  );
  for (const { parentPath, name } of files) {
    const text = readFileSync(join(parentPath, name), 'utf8');
    t.same(
      names.filter((one) => new RegExp(`\\b${one}\\b`).test(text)),
      [],
      name,
    );
  }
});
