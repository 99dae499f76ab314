import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize, authorOf } from '../../access/permissions.ts';
import { Refusal } from '../../refusal.ts';
import { describeProfileOperations } from '../contract/operations/profiles.ts';
import { readIfMatch, readWriteCondition } from '../entity-tag.ts';
import { ownWrite } from '../own-writes.ts';
import { createOwnSignIns, createProfilePatch } from '../profile-patch.ts';
import type { RouteDependencies } from './dependencies.ts';

/** A profile by its user id: for services, administrators and the person themselves. */
export const profilesById: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, signInOf, contract, presentation, clock },
) => {
  const findOwnSignIn = createOwnSignIns({ signInOf });
  const patchProfile = createProfilePatch({ profiles, signInOf });
  const { bodies } = contract;
  const operations = describeProfileOperations(contract);
  const { sendExport, sendProfile, sendWritten } = presentation;

  /** A person's own profile comes to be by its id as it does by `/me`. */
  const open = (request: FastifyRequest, userId: string) => {
    const signIn = findOwnSignIn(request, userId);
    if (signIn) return profiles.openOwn(signIn, request.deadline);
    return profiles.get(userId, {}, request.deadline);
  };

  /** As `open`, without who wrote what. */
  const show = (request: FastifyRequest, userId: string) => {
    const signIn = findOwnSignIn(request, userId);
    if (signIn) return profiles.showOwn(signIn, request.deadline);
    return profiles.show(userId, request.deadline);
  };

  app.get('/profiles/:userId', { schema: operations.getProfile }, async (request, reply) => {
    const { userId } = request.params;
    const capacity = authorize(request.caller, 'read', userId);
    if (capacity === 'service' && request.query.include === 'sources') {
      const entry = await open(request, userId);
      return sendProfile(request, reply, entry.profile, capacity, entry);
    }
    return sendProfile(request, reply, await show(request, userId), capacity);
  });

  app.put('/profiles/:userId', { schema: operations.replaceProfile }, async (request, reply) => {
    const { userId } = request.params;
    const author = authorOf(request.caller, authorize(request.caller, 'replace', userId));
    const fields = bodies.readContent(request.body, 'service');
    const guard = readIfMatch(request.headers['if-match']);
    if (request.headers['if-none-match'] !== undefined) {
      if (guard) {
        throw new Refusal('BAD_REQUEST', "If-Match and If-None-Match: * can't both be met.");
      }
      const { profile } = await profiles.create(userId, fields, author, request.deadline);
      reply.code(201).header('location', `/v1/profiles/${encodeURIComponent(userId)}`);
      // What was created holds what the caller sent and nothing else.
      return sendProfile(request, reply, profile, 'service');
    }
    if (!guard) {
      throw new Refusal(
        'PRECONDITION_REQUIRED',
        'A replacement needs If-Match, a creation If-None-Match: *.',
      );
    }
    const options = { ...guard, signal: request.deadline };
    const { profile } = await profiles.replace(userId, fields, author, options);
    return sendWritten(request, reply, profile, 'service');
  });

  app.patch('/profiles/:userId', { schema: operations.updateProfile }, async (request, reply) => {
    const { userId } = request.params;
    const capacity = authorize(request.caller, 'patch', userId);
    const patch = bodies.readPatch(request.body, capacity === 'person' ? 'self' : 'service');
    const guard = readWriteCondition(request.headers);
    const { profile } = await patchProfile(request, { userId, capacity, guard }, patch);
    return sendWritten(request, reply, profile, capacity);
  });

  app.delete('/profiles/:userId', { schema: operations.eraseProfile }, async (request, reply) => {
    const { userId } = request.params;
    authorize(request.caller, 'erase', userId);
    const guard = readWriteCondition(request.headers);
    const signIn = findOwnSignIn(request, userId);
    if (signIn) await profiles.eraseOwn(signIn, ownWrite(guard, request.deadline));
    else await profiles.erase(userId, { ...guard, signal: request.deadline });
    return reply.code(204).send();
  });

  app.get(
    '/profiles/:userId/export',
    { schema: operations.exportProfile },
    async (request, reply) => {
      const { userId } = request.params;
      authorize(request.caller, 'export', userId);
      const entry = await open(request, userId);
      return sendExport(reply, entry, new Date(clock.now()));
    },
  );
};
