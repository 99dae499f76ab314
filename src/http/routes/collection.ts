import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize } from '../../access/permissions.ts';
import { lookupFields } from '../../profiles/record.ts';
import { answers, json } from '../answers.ts';
import { batchAnswer, batchRequest, listQuery, profileList } from '../contract/schemas.ts';
import { presentProfile } from '../presentation.ts';
import type { RouteDependencies } from './dependencies.ts';

const tags = ['Lookup'];
const security = [{ service: [] }];
const defaultLimit = 50;

/** Many profiles at once, for services and administrators. */
export const collection: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, cursors },
) => {
  app.get(
    '/profiles',
    {
      schema: {
        operationId: 'findProfiles',
        summary: 'Look profiles up, or list them all',
        description:
          'With `email`, `stripeCustomerId` or `revenueCatId`: the profiles that have this value now, possibly several (the same person through Google and through a password is two), possibly none. Without: all profiles, page by page; follow `nextCursor` until there is none. Services need the scope `profiles/read`.',
        tags,
        security,
        querystring: listQuery,
        response: answers(
          { 200: json('The profiles found.', profileList) },
          { problems: ['CURSOR_INVALID', 'INSUFFICIENT_SCOPE'] },
        ),
      },
    },
    async (request) => {
      const { query, signal } = request;
      const present = (entry: Parameters<typeof presentProfile>[0]) =>
        presentProfile(entry, query.include === 'sources');
      const field = lookupFields.find((name) => query[name] !== undefined);
      if (field) {
        authorize(request.caller, 'find');
        const found = await profiles.findBy(field, query[field] as string, signal);
        return { profiles: found.map(present) };
      }
      authorize(request.caller, 'list');
      const after = query.cursor === undefined ? undefined : cursors.parse(query.cursor);
      const page = await profiles.list(query.limit ?? defaultLimit, after, signal);
      return {
        profiles: page.entries.map(present),
        ...(page.next !== undefined && { nextCursor: cursors.format(page.next) }),
      };
    },
  );

  app.post(
    '/profiles/batch-get',
    {
      schema: {
        operationId: 'batchGetProfiles',
        summary: 'Read many profiles',
        description:
          'Reads 1 to 100 profiles by user id. The answer keeps the order asked; ids without a profile are listed in `missing`. Services need the scope `profiles/read`.',
        tags,
        security,
        body: batchRequest,
        response: answers(
          { 200: json('The profiles found and the ids without one.', batchAnswer) },
          { body: true, problems: ['INSUFFICIENT_SCOPE'] },
        ),
      },
    },
    async (request) => {
      authorize(request.caller, 'batch-get');
      const { found, missing } = await profiles.getMany(request.body.userIds, request.deadline);
      return { profiles: found.map((entry) => presentProfile(entry)), missing };
    },
  );
};
