import { writeFile } from 'node:fs/promises';
import { describeApi } from './describe-api.ts';

/** Writes the contract from the routes and schemas that serve it. */
await writeFile(new URL('../openapi.yaml', import.meta.url), await describeApi());
