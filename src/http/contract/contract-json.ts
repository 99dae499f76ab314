import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { files } from '../../files.ts';

/**
 * The committed contract as JSON text. Load this module when somebody asks: it brings a parser.
 * The import of `yaml` is static because, in the bundle, a CommonJS package that is imported
 * dynamically has a default export and nothing else.
 */
export async function readContractAsJson(): Promise<string> {
  return JSON.stringify(parse(await readFile(files.contract, 'utf8')));
}
