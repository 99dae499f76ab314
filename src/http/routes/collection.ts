import type { onRequestHookHandler } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize } from '../../access/permissions.ts';
import type { LiveEntry, Profile } from '../../profiles/record.ts';
import { findLookup } from '../contract/list-query.ts';
import { describeCollectionOperations } from '../contract/operations/collection.ts';
import { sendProfiles, writeProfiles } from '../profile-list.ts';
import type { RouteDependencies } from './dependencies.ts';

const defaultLimit = 50;

/** Many profiles at once, for services and administrators. */
export const collection: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, cursors, contract, presentation, schema },
) => {
  const { serializeProfile } = contract;
  const operations = describeCollectionOperations(contract);
  const lookups = [...schema.fields.values()].filter(({ index }) => index !== undefined);
  const writeProfile = (profile: Profile) =>
    serializeProfile(presentation.presentProfile(profile, 'service'));
  const writeShown = ({ profile }: Pick<LiveEntry, 'profile'>) => writeProfile(profile);
  const writeEntry = (entry: LiveEntry) =>
    serializeProfile(presentation.present(entry.profile, 'service', entry));

  const isLookup = (query: unknown) =>
    lookups.some(({ name }) => Object.hasOwn(query as object, name));
  // Before anything is said of the query or the body: their faults tell of fields.
  const admitToSome: onRequestHookHandler = ({ caller, query }, _reply, done) => {
    authorize(caller, isLookup(query) ? 'find' : 'list');
    done();
  };
  const admitToBatch: onRequestHookHandler = ({ caller }, _reply, done) => {
    authorize(caller, 'batch-get');
    done();
  };

  const find = { schema: operations.findProfiles, onRequest: admitToSome };
  app.get('/profiles', find, async (request, reply) => {
    const { query, deadline } = request;
    const withSources = query.include === 'sources';
    const lookup = findLookup(query, lookups);
    if (lookup) {
      const { name, value } = lookup;
      const maxBytes = Number.POSITIVE_INFINITY;
      const texts = withSources
        ? writeProfiles(await profiles.findBy(name, value, deadline), writeEntry, maxBytes)
        : writeProfiles(await profiles.showBy(name, value, deadline), writeShown, maxBytes);
      return sendProfiles(reply, await texts, {});
    }
    const after = query.cursor === undefined ? undefined : cursors.parse(query.cursor);
    const { entries, next } = await profiles.list(query.limit ?? defaultLimit, after, deadline);
    const texts = await writeProfiles(entries, withSources ? writeEntry : writeShown);
    const last = texts.length < entries.length ? entries[texts.length - 1]?.profile.userId : next;
    return sendProfiles(reply, texts, {
      ...(last !== undefined && { nextCursor: cursors.format(last) }),
    });
  });

  app.post(
    '/profiles/batch-get',
    { schema: operations.batchGetProfiles, onRequest: admitToBatch },
    async (request, reply) => {
      const { userIds } = request.body;
      const { found, missing, unread } = await profiles.getMany(userIds, request.deadline);
      const texts = await writeProfiles(found, writeProfile);
      const left = [...found.slice(texts.length).map(({ userId }) => userId), ...unread];
      return sendProfiles(reply, texts, { missing, ...(left.length > 0 && { unread: left }) });
    },
  );
};
