import * as z from 'zod';
import { schemaFile } from './vocabulary.ts';

/** The vocabulary of schema files as JSON Schema 2020-12, for editors: `profile.meta.json`. */
export function createMetaSchema(): object {
  return z.toJSONSchema(schemaFile, { target: 'draft-2020-12', io: 'input', reused: 'ref' });
}
