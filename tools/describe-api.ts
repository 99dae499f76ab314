import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import { parse } from 'yaml';
import { registerApi } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { createDependencies } from '../src/dependencies.ts';
import type { Environment } from '../src/environment.ts';
import { tellOfAccounts } from '../src/http/contract/add-accounts.ts';
import { tellOfPictures } from '../src/http/contract/add-pictures.ts';
import { type CodeSample, formatSamples } from '../src/http/contract/code-samples.ts';
import { toComponents } from '../src/http/contract/contract.ts';
import { formatContract } from '../src/http/contract/contract-text.ts';
import { createExamples } from '../src/http/contract/examples.ts';
import type { ContractAddition } from '../src/http/contract/extend-contract.ts';
import { digestKey } from '../src/http/contract/fill-fields.ts';
import { toAnswerSerializer, validatorCompiler } from '../src/http/validation.ts';
import { compileSchema, type ProfileSchema } from '../src/schema/profile-schema.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Enough to build the routes; nothing is connected to. */
const environment = {
  COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEfGhI',
  COGNITO_CLIENT_IDS: '1example23456789',
};

const description = `Profiles of people who sign in with Amazon Cognito.

**Callers.** A *person* sends the access token of their sign-in (an ID token where the service is
configured to take it) and reaches their own profile. A *service* sends an access token of the client
credentials grant, with the scopes \`profiles/read\`, \`profiles/write\` and \`profiles/erase\`. A person in an
administrators' group may do what a service with all three scopes may.

**Versions.** Every answer with one profile carries an \`ETag\` made from its \`version\`. \`If-None-Match\` on a
read answers 304; \`If-Match\` on a write answers 412 when somebody else was faster.

**Problems.** Every error is an \`application/problem+json\` document (RFC 9457) with a stable \`code\`.

**Headers.** Besides those listed with each answer, every answer has security headers, and those of
\`/v1\` are \`cache-control: no-store\`. HEAD is answered as GET is, without the body. Lengths of text are
counted in Unicode code points.`;

/** The OpenAPI 3.1 document of the application, as YAML. */
export async function describeApi(schema: ProfileSchema, env: Environment = {}): Promise<string> {
  const config = loadConfig({ ...environment, ...env });
  const closesAccounts = config.accountClosure.mode !== 'off';
  const log: FastifyBaseLogger = pino({ level: 'silent' });
  const dependencies = createDependencies(config, schema, log);
  const app = Fastify({ loggerInstance: log, exposeHeadRoutes: false });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(toAnswerSerializer);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'user-profile-service',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The service that serves this document.' }],
      tags: [
        { name: 'Own profile', description: 'What people do with their own profile.' },
        { name: 'Profiles', description: 'A profile by its user id.' },
        { name: 'Lookup', description: 'Many profiles at once, for services and administrators.' },
        { name: 'Schema', description: 'The fields of a profile.' },
        { name: 'Health', description: 'For the platform.' },
        ...(closesAccounts ? [accountsTag] : []),
        ...(config.pictures ? [picturesTag] : []),
        ...(schema.publicFields.length > 0 ? [peopleTag] : []),
      ],
      components: {
        securitySchemes: {
          person: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              "A person's Cognito access token (or ID token, where the service takes it).",
          },
          service: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'A Cognito access token of the client credentials grant, or of an administrator.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await registerApi(app, config, dependencies);
  await app.ready();
  const document = app.swagger() as unknown as ApiDocument;
  document.info[digestKey] = schema.digest;
  await app.close();
  dependencies.close();
  const examples = createExamples(schema);
  for (const [address, path] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(path)) {
      addHeaders(address, operation);
      acceptBothTypes(method, operation);
      acceptPictures(operation);
      operation['x-codeSamples'] = formatSamples(address, method, operation, examples);
    }
  }
  const named = nameComponents(document);
  const told = closesAccounts ? tellOfAccounts(named) : named;
  return formatContract(config.pictures ? tellOfPictures(told) : told);
}

/** What the contract of a service that closes accounts has besides the default's, as YAML. */
export async function describeAccounts(schema: ProfileSchema): Promise<string> {
  const without = await parseApi(schema);
  const whole = await parseApi(schema, { ACCOUNT_CLOSURE: 'admin' });
  return formatContract(findAddition(accountsTag, without, whole));
}

/** Pictures on; nothing is connected to. */
export const withPictures = {
  PICTURES_BUCKET: 'pictures',
  PICTURES_BASE_URL: 'https://pictures.example.com',
};

/** What the contract of a service that takes pictures has besides, as YAML. */
export async function describePictures(schema: ProfileSchema): Promise<string> {
  const without = await parseApi(schema);
  const whole = await parseApi(schema, withPictures);
  return formatContract(findAddition(picturesTag, without, whole));
}

/** What the contract of a service with a public field has besides, as YAML. */
export async function describePeople(): Promise<string> {
  const name = { type: 'string', maxLength: 1 } as const;
  const plain = compileSchema({ properties: { name } });
  const schema = compileSchema({ properties: { name: { ...name, 'x-read': ['everyone'] } } });
  const without = await parseApi(plain);
  const ofFields = toComponents(schema);
  const isTold = (id: string, component: object) =>
    !(id in ofFields) && !isDeepStrictEqual(without.components.schemas[id], component);
  return formatContract(findAddition(peopleTag, without, await parseApi(schema), isTold));
}

async function parseApi(...subject: Parameters<typeof describeApi>): Promise<ApiDocument> {
  return parse(await describeApi(...subject)) as ApiDocument;
}

/** What one contract has that another hasn't. */
function findAddition(
  tag: object,
  without: ApiDocument,
  { paths, components }: ApiDocument,
  isTold = (id: string, _component: object) => !(id in without.components.schemas),
): ContractAddition {
  const schemas = Object.entries(components.schemas).filter((entry) => isTold(...entry));
  return {
    tags: [tag],
    paths: Object.fromEntries(Object.entries(paths).filter(([path]) => !(path in without.paths))),
    ...(schemas.length > 0 && { components: { schemas: Object.fromEntries(schemas) } }),
  };
}

const picturesTag = { name: 'Pictures', description: 'Pictures that are uploaded.' };
const peopleTag = { name: 'People', description: 'People, as everyone may see them.' };
const accountsTag = { name: 'Accounts', description: 'The end of an account: profile and login.' };

interface ApiDocument {
  tags: object[];
  info: Record<string, unknown>;
  components: { schemas: Record<string, object> };
  paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  operationId: string;
  security?: Record<string, unknown>[];
  'x-codeSamples'?: CodeSample[];
  requestBody?: { required?: boolean; content: Record<string, object> };
  responses: Record<string, { headers?: object }>;
}

const text = (description: string, example: string, required = false) => ({
  description,
  ...(required && { required }),
  schema: { type: 'string' },
  example,
});
const requestId = {
  'X-Request-Id': text(
    'Names this request in the log.',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    true,
  ),
};
const rateLimit = {
  'RateLimit-Limit': text('Requests a minute, of this caller or address.', '600'),
  'RateLimit-Remaining': text('How many of them are left.', '599'),
  'RateLimit-Reset': text('Seconds until all of them are back.', '42'),
};
const entityTag = {
  ETag: text('The version of the profile, as a strong entity tag.', '"3"', true),
};
const rendering = {
  ETag: text('Of this caller and this language.', '"kJ3wqQ8gq0mYb3F5yP2vXw"', true),
  'Content-Language': text('The language of the titles.', 'de', true),
};
const currentTag = {
  ETag: text('The current version; absent where there is no profile.', '"3"'),
};
const retryAfter = { 'Retry-After': text('Seconds to wait before the next try.', '1', true) };
const laterAgain = {
  'Retry-After': text('Seconds to wait before it is asked again.', '5', true),
};
const challenge = {
  'WWW-Authenticate': text('Why the token was refused (RFC 6750).', 'Bearer', true),
};
const download = {
  'Content-Disposition': text('The name to keep it under.', 'attachment; filename="x.json"', true),
};
const ofOneProfile = /^((get|update|replace|export)(My)?Profile|(set|remove)(My)?Picture)$/;

/** Headers follow from the status and the operation, so routes need not repeat them. */
function addHeaders(address: string, { operationId, responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    response.headers = {
      ...requestId,
      ...(address.startsWith('/v1/') && rateLimit),
      ...(ofOneProfile.test(operationId) && /^(20|304)/.test(status) && entityTag),
      ...(operationId === 'getSchema' && /^(200|304)/.test(status) && rendering),
      ...(operationId.startsWith('export') && status === '200' && download),
      ...(status === '412' && currentTag),
      ...(status === '201' && {
        Location: text('Where the profile is.', '/v1/profiles/5f1c', true),
      }),
      ...(status === '202' && laterAgain),
      ...(/^40[13]$/.test(status) && challenge),
      ...(/^(429|503)$/.test(status) && retryAfter),
    };
  }
}

/** A body may come as either type; the one that says what it is goes first. */
function acceptBothTypes(method: string, { requestBody }: Operation): void {
  const schema = requestBody?.content['application/json'];
  if (!schema) return;
  const types = ['application/json', 'application/merge-patch+json'];
  if (method === 'patch') types.reverse();
  requestBody.content = Object.fromEntries(types.map((type) => [type, schema]));
}

/** The types that a picture is sent with, though its content alone counts. */
function acceptPictures(operation: Operation): void {
  if (!/^set(My)?Picture$/.test(operation.operationId)) return;
  const schema = { type: 'string', format: 'binary', description: 'At most 1 MiB.' };
  const types = ['image/jpeg', 'image/png', 'image/webp'];
  operation.requestBody = {
    required: true,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

/** Each schema is offered as input and as output: keeps the one in use, under its plain name. */
function nameComponents(document: ApiDocument): ApiDocument {
  const { schemas } = document.components;
  // A schema that names itself alone is not in use.
  const isUsed = (name: string) =>
    JSON.stringify({ ...document, components: { schemas: { ...schemas, [name]: {} } } }).includes(
      `"#/components/schemas/${name}"`,
    );
  for (let unused = Object.keys(schemas); unused.length > 0; ) {
    unused = Object.keys(schemas).filter((name) => !isUsed(name));
    for (const name of unused) delete schemas[name];
  }
  const renamed = Object.keys(schemas)
    .filter((name) => name.endsWith('Input') && !schemas[name.replace(/Input$/, '')])
    .reduce((text, name) => {
      const plain = name.replace(/Input$/, '');
      return text
        .replaceAll(`schemas/${name}"`, `schemas/${plain}"`)
        .replace(`"${name}":`, `"${plain}":`);
    }, JSON.stringify(document));
  return JSON.parse(renamed);
}
