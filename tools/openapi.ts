import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../src/command-line.ts';
import { createMetaSchema } from '../src/schema/meta-schema.ts';
import { loadSchema } from '../src/schema-file.ts';
import { describeAccounts, describeApi, describePeople, describePictures } from './describe-api.ts';

const usage =
  'npm run openapi\n\nWrites openapi.yaml, openapi.accounts.yaml, openapi.people.yaml, openapi.pictures.yaml and the types of the client from the routes and schemas,\nand profile.meta.json from the vocabulary of schema files.\n';
readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {});
// The SDK's notice about Node 20 says nothing of the contract.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Writes the contract from the routes and schemas that serve it. */
await writeFile(
  new URL('../openapi.yaml', import.meta.url),
  await describeApi(loadSchema(undefined)),
);
await writeFile(
  new URL('../openapi.accounts.yaml', import.meta.url),
  await describeAccounts(loadSchema(undefined)),
);
await writeFile(new URL('../openapi.people.yaml', import.meta.url), await describePeople());
await writeFile(
  new URL('../openapi.pictures.yaml', import.meta.url),
  await describePictures(loadSchema(undefined)),
);
await writeFile(
  new URL('../profile.meta.json', import.meta.url),
  `${JSON.stringify(createMetaSchema(), null, 2)}\n`,
);
const { status } = spawnSync('npm', ['run', '--silent', 'client:types'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
