import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { findBuild } from '../helper/service-build.ts';

const folder = await findBuild();

/** What a file imports when it is loaded, itself included, by the files' names. */
async function readLoaded(name: string, loaded = new Map<string, string>()) {
  if (loaded.has(name)) return loaded;
  const text = await readFile(join(folder, name), 'utf8');
  loaded.set(name, text);
  for (const [, imported = ''] of text.matchAll(/^(?:import|\} from) "\.\/([\w-]+\.js)";$/gm)) {
    await readLoaded(imported, loaded);
  }
  return loaded;
}

t.test('a start reads nothing of what only later work needs, or none', async (t) => {
  const text = [...(await readLoaded('server.js')).values()].join('\n');
  const packages = new Set(
    [...text.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name),
  );
  t.ok(packages.has('fastify') && packages.has('@smithy/core'), `${packages.size} packages`);
  for (const name of [
    '@aws-sdk/client-s3',
    '@aws-sdk/client-cognito-identity-provider',
    '@opentelemetry/api',
    '@smithy/node-http-handler',
    '@smithy/signature-v4',
    'ajv',
    'light-my-request',
  ]) {
    t.notOk(packages.has(name), name);
  }
  t.notMatch(text, /client-dynamodb\/dist-es\/(DynamoDBClient|schemas)/, 'no client of the table');
  t.notMatch(text, /undici\/lib\/(api|web)\//, 'no requests of undici');
});
