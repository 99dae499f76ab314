import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { registerApi } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { createDependencies } from '../src/dependencies.ts';
import { toAnswerSerializer, validatorCompiler } from '../src/http/validation.ts';
import { type CodeSample, describeSamples } from './code-samples.ts';

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

**Problems.** Every error is an \`application/problem+json\` document (RFC 9457) with a stable \`code\`.`;

/** The OpenAPI 3.1 document of the application, as YAML. */
export async function describeApi(): Promise<string> {
  const config = loadConfig(environment);
  const log: FastifyBaseLogger = pino({ level: 'silent' });
  const dependencies = createDependencies(config, log);
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
        { name: 'Health', description: 'For the platform.' },
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
  await app.close();
  dependencies.close();
  for (const [address, path] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(path)) {
      addHeaders(operation);
      operation['x-codeSamples'] = describeSamples(address, method, operation);
    }
    if (path.patch) acceptMergePatch(path.patch);
  }
  return stringify(nameComponents(document), { lineWidth: 100, aliasDuplicateObjects: false });
}

interface ApiDocument {
  components: { schemas: Record<string, object> };
  paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  operationId: string;
  security?: Record<string, unknown>[];
  'x-codeSamples'?: CodeSample[];
  requestBody?: { content: Record<string, object> };
  responses: Record<string, { headers?: object }>;
}

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' },
  example,
});
const entityTag = { ETag: text('The version of the profile, as a strong entity tag.', '"3"') };
const retryAfter = { 'Retry-After': text('Seconds to wait before the next try.', '1') };
const challenge = { 'WWW-Authenticate': text('Why the token was refused (RFC 6750).', 'Bearer') };
const ofOneProfile = /^(get|update|replace|export)(My)?Profile$/;

/** Headers follow from the status and the operation, so routes need not repeat them. */
function addHeaders({ operationId, responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    const headers = {
      ...(ofOneProfile.test(operationId) && /^(20|304|412)/.test(status) && entityTag),
      ...(status === '201' && { Location: text('Where the profile is.', '/v1/profiles/5f1c') }),
      ...(/^40[13]$/.test(status) && challenge),
      ...(/^(429|503)$/.test(status) && retryAfter),
    };
    if (Object.keys(headers).length > 0) response.headers = headers;
  }
}

function acceptMergePatch({ requestBody }: Operation): void {
  const schema = requestBody?.content['application/json'];
  if (schema)
    requestBody.content = { 'application/merge-patch+json': schema, 'application/json': schema };
}

/** Each schema is offered as input and as output: keeps the one in use, under its plain name. */
function nameComponents(document: ApiDocument): ApiDocument {
  const { schemas } = document.components;
  const isUsed = (name: string) =>
    JSON.stringify(document).includes(`"#/components/schemas/${name}"`);
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
