import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize } from '../../access/permissions.ts';
import type { LiveEntry } from '../../profiles/record.ts';
import { answers, json } from '../answers.ts';
import { readLookup } from '../contract/list-query.ts';
import { sendProfiles, writeProfiles } from '../profile-list.ts';
import type { RouteDependencies } from './dependencies.ts';

const tags = ['Lookup'];
const security = [{ service: [] }];
const defaultLimit = 50;

/** Many profiles at once, for services and administrators. */
export const collection: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, cursors, contract, presentation, schema },
) => {
  const { batchAnswer, batchRequest, listQuery, profileList, serializeProfile } = contract;
  const lookups = [...schema.fields.values()].filter(({ index }) => index !== undefined);
  const write = (entry: LiveEntry, withSources = false) =>
    serializeProfile(presentation.present(entry, 'service', withSources));

  app.get(
    '/profiles',
    {
      schema: {
        operationId: 'findProfiles',
        summary: 'Look profiles up, or list them all',
        description:
          'With a field to look up: the profiles that have this value now, possibly several (the same person through Google and through a password is two), possibly none, 100 at most; 503 while the index of the field is being made. Without: all profiles, page by page; follow `nextCursor` until there is none. A page ends early where its profiles are large, at 1 MiB. Services need the scope `profiles/read`.',
        tags,
        security,
        querystring: listQuery,
        response: answers(
          { 200: json('The profiles found.', profileList) },
          { problems: ['CURSOR_INVALID', 'INSUFFICIENT_SCOPE'] },
        ),
      },
    },
    async (request, reply) => {
      const { query, deadline } = request;
      const withSources = query.include === 'sources';
      const field = lookups.find((each) => readLookup(query, each) !== undefined);
      if (field) {
        authorize(request.caller, 'find');
        const found = await profiles.findBy(field.name, readLookup(query, field) ?? '', deadline);
        const maxBytes = Number.POSITIVE_INFINITY;
        return sendProfiles(
          reply,
          await writeProfiles(found, (entry) => write(entry, withSources), maxBytes),
          {},
        );
      }
      authorize(request.caller, 'list');
      const after = query.cursor === undefined ? undefined : cursors.parse(query.cursor);
      const { entries, next } = await profiles.list(query.limit ?? defaultLimit, after, deadline);
      const texts = await writeProfiles(entries, (entry) => write(entry, withSources));
      const last = texts.length < entries.length ? entries[texts.length - 1]?.profile.userId : next;
      return sendProfiles(reply, texts, {
        ...(last !== undefined && { nextCursor: cursors.format(last) }),
      });
    },
  );

  app.post(
    '/profiles/batch-get',
    {
      schema: {
        operationId: 'batchGetProfiles',
        summary: 'Read many profiles',
        description:
          'Reads 1 to 100 profiles by user id. The answer keeps the order asked; ids without a profile are listed in `missing`. At 1 MiB of profiles the answer ends: the ids it did not come to are in `unread`, to be asked for again. Services need the scope `profiles/read`.',
        tags,
        security,
        body: batchRequest,
        response: answers(
          { 200: json('The profiles found and the ids without one.', batchAnswer) },
          { body: true, problems: ['INSUFFICIENT_SCOPE'] },
        ),
      },
    },
    async (request, reply) => {
      authorize(request.caller, 'batch-get');
      const { userIds } = request.body;
      const { found, missing, unread } = await profiles.getMany(userIds, request.deadline);
      const texts = await writeProfiles(found, (entry) => write(entry));
      const left = [...found.slice(texts.length).map(({ profile }) => profile.userId), ...unread];
      return sendProfiles(reply, texts, { missing, ...(left.length > 0 && { unread: left }) });
    },
  );
};
