import { readFileSync } from 'node:fs';
import { files } from './files.ts';
import { compileSchema, type ProfileSchema } from './schema/profile-schema.ts';
import { parseSchemaText } from './schema/read-schema.ts';
import { SchemaFaults } from './schema/schema-faults.ts';

/**
 * The fields of a profile, from the file at this path or the default's.
 * @throws {SchemaFaults} with every fault of the file, or that it can't be read
 */
export function loadSchema(path: string | undefined): ProfileSchema {
  return compileSchema(parseSchemaText(readText(path)));
}

function readText(path: string | undefined): string {
  try {
    return readFileSync(path ?? files.profileSchema, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new SchemaFaults([{ pointer: '', detail: `the file can't be read (${code})` }]);
  }
}
