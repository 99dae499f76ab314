import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize } from '../../access/permissions.ts';
import { describeSchema, listLanguages } from '../../schema/described-schema.ts';
import { findLanguage } from '../../schema/language.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { Writer } from '../../schema/vocabulary.ts';
import { readAcceptLanguage } from '../accept-language.ts';
import { answers, empty, json } from '../answers.ts';
import {
  limits,
  type SchemaAnswer,
  schemaHeaders,
  schemaQuery,
} from '../contract/schema-answer.ts';
import { hashContent, matchesTag } from '../entity-tag.ts';
import { varyBy } from '../vary.ts';

interface Rendering {
  readonly text: string;
  readonly tag: string;
}

export interface SchemaRouteDependencies {
  readonly schema: ProfileSchema;
  readonly schemaAnswer: SchemaAnswer;
  /** Seconds that a sign-in may be old to close an account; undefined where none is closed here. */
  readonly closureMaxAge?: number | undefined;
  readonly pictures: object | undefined;
}

/** The fields of a profile, for everyone who is admitted. All there is to answer is made at start. */
export const schemaOfProfiles: FastifyPluginAsyncZod<SchemaRouteDependencies> = async (
  app,
  { schema, schemaAnswer, closureMaxAge, pictures },
) => {
  const uploads = pictures !== undefined;
  // A page learns here, with one request, whether to offer people the end of their account.
  const offers =
    closureMaxAge === undefined ? {} : { 'x-account-closure': { maxAge: closureMaxAge } };
  const renderings = {
    person: renderAll(schema, 'self', uploads, offers),
    service: renderAll(schema, 'service', uploads, {}),
  };

  app.get(
    '/schema',
    {
      schema: {
        operationId: 'getSchema',
        summary: 'Read the fields of a profile',
        description:
          'The fields that this caller reads, as JSON Schema: those that they may not write are `readOnly`. People see what the person sees, services and administrators what services see; with `audience=self`, which services are refused, administrators see what they may do with their own profile. Titles are in the language that `Accept-Language` asks for, where there are any.',
        tags: ['Schema'],
        security: [{ person: [] }, { service: [] }],
        querystring: schemaQuery,
        headers: schemaHeaders,
        response: answers({
          200: json('The fields, and the limits of requests.', schemaAnswer),
          304: empty('The caller has this already.'),
        }),
      },
    },
    async (request, reply) => {
      const isOwn = request.query.audience === 'self';
      const capacity = authorize(request.caller, isOwn ? 'read own schema' : 'read schema');
      const ranges = readAcceptLanguage(request.headers['accept-language']);
      const { languages, byLanguage } = renderings[capacity];
      const language = findLanguage(ranges, languages) ?? schema.language;
      const { text, tag } = byLanguage.get(language) as Rendering;
      reply.headers({ etag: tag, 'content-language': language });
      varyBy(reply, 'accept-language');
      if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      // Serialized already, whatever the contract's serializer would make of it.
      return reply.type('application/json; charset=utf-8').send(text as never);
    },
  );
};

function renderAll(schema: ProfileSchema, audience: Writer, uploads: boolean, offers: object) {
  const languages = listLanguages(schema, audience);
  const byLanguage = new Map(
    languages.map((language) => [language, render(schema, audience, language, uploads, offers)]),
  );
  return { languages, byLanguage };
}

function render(
  schema: ProfileSchema,
  audience: Writer,
  language: string,
  uploads: boolean,
  offers: object,
): Rendering {
  const text = JSON.stringify({
    ...describeSchema(schema, audience, language, uploads),
    'x-limits': limits,
    ...offers,
  });
  return { text, tag: `"${hashContent(text)}"` };
}
