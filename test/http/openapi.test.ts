import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { addAccounts } from '../../src/http/contract/add-accounts.ts';
import { addPeople } from '../../src/http/contract/add-people.ts';
import { addPictures } from '../../src/http/contract/add-pictures.ts';
import { fillFields } from '../../src/http/contract/fill-fields.ts';
import { compileSchema, type ProfileSchema } from '../../src/schema/profile-schema.ts';
import { readSchemaFile } from '../../src/schema/read-schema.ts';
import {
  describeAccounts,
  describeApi,
  describePeople,
  describePictures,
  withPictures,
} from '../../tools/describe-api.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { createRandom } from '../helper/random.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { createSchemaFile } from '../schema/random-schema.ts';

interface Media {
  readonly schema?: { readonly $ref?: string; readonly examples?: unknown[] };
  readonly example?: unknown;
  readonly examples?: object;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly security?: object[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}

const file = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
const committed = await readFile(file, 'utf8');
const document = parse(committed);
const operations = Object.entries(
  document.paths as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

t.test('openapi.yaml is what the routes and schemas generate; else: npm run openapi', async (t) => {
  t.ok(committed === (await describeApi(defaultSchema)), 'the committed contract is current');
});

const people = await readFile(new URL('../../openapi.people.yaml', import.meta.url), 'utf8');
const complete = (plain: unknown, schema: ProfileSchema) =>
  fillFields(
    schema.publicFields.length > 0 ? addPeople(plain, parse(people), schema) : plain,
    schema,
  );

t.test('openapi.people.yaml is what a public field adds; else: npm run openapi', async (t) => {
  t.ok(people === (await describePeople()), 'the committed addition is current');
  t.strictSame(Object.keys(parse(people).paths).sort(), [
    '/v1/people/batch-get',
    '/v1/people/{userId}',
  ]);
  t.notMatch(committed, /v1.people|\blisted:/, 'the default’s has nothing of it');
});

t.test('openapi.pictures.yaml is what uploads add; else: npm run openapi', async (t) => {
  const text = await readFile(new URL('../../openapi.pictures.yaml', import.meta.url), 'utf8');
  t.ok(text === (await describePictures(defaultSchema)), 'the committed addition is current');
  t.strictSame(
    addPictures(document, parse(text)),
    parse(await describeApi(defaultSchema, withPictures)),
    'and with it the contract is what the routes generate',
  );
  t.notMatch(committed, /avatar:|PICTURE_INVALID|x-picture/, 'the default’s has nothing of it');
});

t.test('openapi.accounts.yaml is what closing accounts adds; else: npm run openapi', async (t) => {
  const text = await readFile(new URL('../../openapi.accounts.yaml', import.meta.url), 'utf8');
  t.ok(text === (await describeAccounts(defaultSchema)), 'the committed addition is current');
  const accounts = parse(text);
  for (const mode of ['own-token', 'admin'] as const) {
    t.strictSame(
      addAccounts(document, accounts, mode),
      parse(await describeApi(defaultSchema, { ACCOUNT_CLOSURE: mode })),
      mode,
    );
  }
  const schema = compileSchema(
    readSchemaFile({ type: 'object', ...createSchemaFile(createRandom(3)) }),
  );
  const filled = JSON.parse(
    JSON.stringify(complete(addAccounts(document, accounts, 'admin'), schema)),
  );
  t.strictSame(filled, parse(await describeApi(schema, { ACCOUNT_CLOSURE: 'admin' })));
});

t.test('a service with other fields tells of those, as its routes do', async (t) => {
  t.strictSame(
    fillFields(document, defaultSchema),
    document,
    'the default’s are the committed ones',
  );
  for (let seed = 0; seed < 2; seed++) {
    const schema = compileSchema(
      readSchemaFile({ type: 'object', ...createSchemaFile(createRandom(seed)) }),
    );
    const filled = JSON.parse(JSON.stringify(complete(document, schema)));
    t.strictSame(filled, parse(await describeApi(schema)), `seed ${seed}`);
  }
});

t.test('every operation of the contract is a route of the service', async (t) => {
  const { app } = await startServiceInside(t);
  const routes: string[] = [];
  for (const { name } of operations) {
    const [method = '', path = ''] = name.split(' ');
    const url = path.replace('{userId}', ':userId');
    if (app.hasRoute({ method: method as 'GET', url })) routes.push(name);
  }
  t.strictSame(
    routes,
    operations.map(({ name }) => name),
  );
});

t.test('every operation explains itself to a stranger', async (t) => {
  const ids = operations.map(({ operation }) => operation.operationId);
  t.equal(new Set(ids).size, ids.length, 'operation ids are unique');
  for (const { name, operation } of operations) {
    t.match(operation.operationId, /^[a-z]+[A-Z]\w+$/, `${name} has an operation id`);
    t.ok((operation.summary?.length ?? 0) > 5, `${name} has a summary`);
    t.ok((operation.description?.length ?? 0) > 30, `${name} has a description`);
    t.ok(Array.isArray(operation.security), `${name} says who may call it`);
    t.ok(operation.responses['400'], `${name} says what is refused`);
    for (const media of Object.values(operation.requestBody?.content ?? {})) {
      t.ok(hasExample(media), `${name} has an example of its body`);
    }
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      for (const media of Object.values(content)) {
        if (status.startsWith('2')) t.ok(hasExample(media), `${name} ${status} has an example`);
      }
    }
  }
});

t.test('the linter finds nothing with its recommended rules', async (t) => {
  const bin = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const args = [bin, 'lint', file, '--extends=recommended', '--format=json'];
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, args, { env }, (_error, stdout) => resolve(stdout)),
  );
  const { totals, problems } = JSON.parse(output.slice(output.indexOf('{')));
  t.strictSame(problems, []);
  t.match(totals, { errors: 0, warnings: 0 });
});

function hasExample({ schema, example, examples }: Media): boolean {
  const name = schema?.$ref?.split('/').at(-1) ?? '';
  const named = document.components.schemas[name] as Media['schema'];
  return Boolean(example ?? examples ?? schema?.examples ?? named?.examples);
}
