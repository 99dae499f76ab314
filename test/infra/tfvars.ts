import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHcl, type Value } from './hcl.ts';
import { infraFolder } from './terraform.ts';

/** The variables an environment sets. */
export function readTfvars(environment: string): Record<string, Value> {
  const text = readFileSync(join(infraFolder, `environments/${environment}.tfvars`), 'utf8');
  return parseHcl(`values {\n${text}\n}`)[0]?.attributes ?? {};
}
