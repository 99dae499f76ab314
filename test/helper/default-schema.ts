import { loadSchema } from '../../src/schema-file.ts';

/** The fields of `profile.schema.json`. */
export const defaultSchema = loadSchema(undefined);
