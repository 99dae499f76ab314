import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatAnnouncement } from '../local-cognito/announce.ts';
import { createLogOutput } from '../local-cognito/log-output.ts';
import { startPool } from '../local-cognito/pool.ts';
import { loadSigningKey } from '../local-cognito/signing-key.ts';
import { readTableName } from '../src/environment.ts';
import type { ProfileSchema } from '../src/schema/profile-schema.ts';
import { loadSchema } from '../src/schema-file.ts';
import { startAccountPage } from './account-page.ts';
import { formatCurlLine } from './curl-line.ts';
import { startDynamoDB } from './dynamodb.ts';
import { readEnvironment } from './env-file.ts';
import { lockFolder } from './folder-lock.ts';
import { followEnvFile } from './follow-env-file.ts';
import { followSchemaFile } from './follow-schema-file.ts';
import { onceOrphaned } from './orphaned.ts';
import { type PictureStore, startPictureStore } from './picture-store.ts';
import { findTakenPorts } from './ports.ts';
import { fillExamples } from './sample-values.ts';
import { seedProfiles } from './seed-profiles.ts';
import { startService } from './service.ts';
import { createServiceEnv } from './service-env.ts';
import { readDevSettings } from './settings.ts';
import { prepareTable } from './table.ts';

// The SDK speaks of the Node that its future versions want; this one works with the Node here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** What has been started, in that order; it is ended the other way round. */
const started: { close: () => Promise<unknown> }[] = [];
let ending: Promise<never> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm hands on the Ctrl-C that the terminal has sent already: ending begins once.
  process.on(signal, () => end(0));
}
onceOrphaned(() => end(0));

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  await end(1);
}

async function run(): Promise<void> {
  const shell = { ...process.env };
  const variables = readEnvironment(process.cwd(), shell);
  const settings = readDevSettings(variables);
  let tableName = readTableName(variables);
  const { folder, issuer, servicePort, metricsPort, schemaFile } = settings;
  const faults = await findTakenPorts(settings);
  if (faults.length > 0) throw new Error(faults.join('\n'));

  const unlock = lockFolder(folder);
  started.push({ close: async () => unlock() });
  const key = loadSigningKey(settings.keyFile);
  const output = createLogOutput();
  started.push(await startPool(settings, key, output));
  const dynamodb = await startDynamoDB({
    folder: join(folder, 'dynamodb'),
    port: settings.dynamodbPort,
  });
  started.push(dynamodb);

  const pictures = await startPictureStore({
    folder: join(folder, 's3'),
    port: settings.picturesPort,
  });
  started.push(pictures);

  const say = (line: string) => console.log(line);
  const schema = loadSchema(schemaFile);
  let given = variables;
  const makeEnv = (next: ProfileSchema) =>
    createServiceEnv(settings, dynamodb.url, given, urlFor(next, pictures));
  let current = makeEnv(schema);
  const prepare = (next = loadSchema(schemaFile)) =>
    prepareTable(dynamodb.url, tableName, next, say);
  await prepare(schema);

  const service = startService({
    entry: source('../src/server.ts'),
    sources: source('../src'),
    env: current,
    output,
    say,
  });
  started.push({ close: service.stop });
  const unfollow = followEnvFile({
    folder: process.cwd(),
    shell,
    env: variables,
    settings,
    restart: async (next) => {
      tableName = readTableName(next);
      given = next;
      current = makeEnv(loadSchema(schemaFile));
      await prepare();
      await service.restart(current);
    },
    say,
  });
  started.push({ close: async () => unfollow() });

  const url = `http://127.0.0.1:${servicePort}`;
  await waitUntilReady(url);
  const seeded = join(folder, 'seeded');
  if (!existsSync(seeded)) {
    await seedProfiles(url, schema, { key, issuer });
    writeFileSync(seeded, '');
  }
  const unwatch = followSchemaFile({
    path: schemaFile,
    schema,
    say,
    async take(next, added) {
      current = makeEnv(next);
      await prepare(next);
      await service.restart(current);
      await waitUntilReady(url);
      const fields = added.flatMap((name) => next.fields.get(name) ?? []);
      await fillExamples(url, fields, { key, issuer }).catch((error: Error) => say(error.message));
      say('The service is ready again.');
    },
  });
  started.push({ close: async () => unwatch() });
  const page = await startAccountPage(settings, url);
  started.push(page);
  console.log(`
Ready.

Service      ${url}
Reference    ${url}/docs
Fields       ${schemaFile}, watched
Account page ${page.address}
Metrics      http://127.0.0.1:${metricsPort}/metrics
DynamoDB     ${dynamodb.url}, table ${tableName}, kept in ${folder}/
Pictures     ${urlFor(schema, pictures) ?? 'no field of the schema is marked with x-picture'}
${formatAnnouncement(settings, key)}

More tokens: npm run -s token -- --user grace --use id
Ctrl-C ends all of it. Try:

${formatCurlLine(settings, key)}
`);
}

/** The service takes pictures where the schema has a field for their address. */
function urlFor({ picture }: ProfileSchema, { url }: PictureStore): string | undefined {
  return picture && !picture.isRetired ? url : undefined;
}

/** For as long as it takes: a service that can't start says why, and a change starts it again. */
async function waitUntilReady(url: string): Promise<void> {
  while (!ending) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await ending;
}

function end(code: number): Promise<never> {
  ending ??= (async () => {
    for (const { close } of started.reverse()) {
      await close().catch((error: Error) => console.error(error.message));
    }
    process.exit(code);
  })();
  return ending;
}
