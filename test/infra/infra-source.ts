import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { infraFolder } from './terraform.ts';

/** The text of every Terraform file of the deployment, as one. */
export function readInfraSource(): string {
  return readdirSync(infraFolder)
    .filter((name) => name.endsWith('.tf'))
    .sort()
    .map((name) => readFileSync(join(infraFolder, name), 'utf8'))
    .join('\n');
}
