import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError, type Environment } from './environment.ts';
import { files } from './files.ts';
import { compileSchema, type ProfileSchema } from './schema/profile-schema.ts';
import { parseSchemaText } from './schema/read-schema.ts';
import { SchemaFaults } from './schema/schema-faults.ts';

/**
 * The fields of a profile, from the file at this path or the default's.
 * @param name what faults call the file
 * @throws {SchemaFaults} with every fault of the file, or that it can't be read
 */
export function loadSchema(
  path = fileURLToPath(files.profileSchema),
  name: string = path,
): ProfileSchema {
  try {
    return compileSchema(parseSchemaText(readText(path)));
  } catch (error) {
    throw error instanceof SchemaFaults ? new SchemaFaults(error.faults, name) : error;
  }
}

/** From the file that the environment names. @throws {SchemaFaults} that name the variable */
export function loadNamedSchema({ PROFILE_SCHEMA_FILE: path }: Environment): ProfileSchema {
  return loadSchema(path, path === undefined ? undefined : `PROFILE_SCHEMA_FILE=${path}`);
}

/**
 * What `read` makes of the environment, and the schema that it names.
 * @throws {ConfigurationError} with the faults of both
 */
export function readWithSchema<Settings>(env: Environment, read: (env: Environment) => Settings) {
  const faults: string[] = [];
  const settings = attempt(() => read(env), faults);
  const schema = attempt(() => loadNamedSchema(env), faults);
  if (settings === undefined || schema === undefined) throw new ConfigurationError(faults);
  return { settings, schema };
}

function attempt<T>(read: () => T, faults: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) faults.push(...error.faults);
    // As deep as the lines around it.
    else if (error instanceof SchemaFaults) faults.push(error.message.replaceAll('\n', '\n  '));
    else throw error;
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new SchemaFaults([{ pointer: '', detail: `the file can't be read (${code})` }]);
  }
}
