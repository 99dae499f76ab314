import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize, authorOf } from '../../access/permissions.ts';
import { Refusal } from '../../refusal.ts';
import { answers, empty, json } from '../answers.ts';
import {
  profileParams,
  profileQuery,
  readHeaders,
  replaceHeaders,
  writeHeaders,
} from '../contract/schemas.ts';
import { readIfMatch } from '../entity-tag.ts';
import { ownWrite } from '../own-writes.ts';
import type { RouteDependencies } from './dependencies.ts';

const tags = ['Profiles'];
const writtenUnseen = empty(
  'Done. The caller may not read the profile: its `ETag` alone is told (no `profiles/read`).',
);
const selfOrService = [{ person: [] }, { service: [] }];

/** A profile by its user id: for services, administrators and the person themselves. */
export const profilesById: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, signInOf, contract, presentation, clock },
) => {
  const { bodies, profileAnswer, profileContent, profileExport, profilePatch } = contract;
  const { sendExport, sendProfile, sendWritten } = presentation;

  /** A person's own profile comes to be by its id as it does by `/me`. */
  const open = (request: FastifyRequest, userId: string) => {
    const signIn = findOwnSignIn(request, userId);
    if (signIn) return profiles.openOwn(signIn, request.deadline);
    return profiles.get(userId, {}, request.deadline);
  };
  const findOwnSignIn = ({ caller, bearerToken }: FastifyRequest, userId: string) =>
    caller?.kind === 'person' && caller.userId === userId
      ? signInOf(caller, bearerToken)
      : undefined;

  app.get(
    '/profiles/:userId',
    {
      schema: {
        operationId: 'getProfile',
        summary: 'Read a profile',
        description:
          "Answers the profile of a user id. A person may read their own, which their first request creates as `/v1/profiles/me` does; anybody else's is 403, whether it exists or not. Services need the scope `profiles/read`.",
        tags,
        security: selfOrService,
        params: profileParams,
        querystring: profileQuery,
        headers: readHeaders,
        response: answers(
          {
            200: json('The profile.', profileAnswer),
            304: empty('The caller has this version already.'),
          },
          { problems: ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND', 'PROFILE_ERASED'] },
        ),
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const capacity = authorize(request.caller, 'read', userId);
      const entry = await open(request, userId);
      const withSources = capacity === 'service' && request.query.include === 'sources';
      return sendProfile(request, reply, entry, capacity, withSources);
    },
  );

  app.put(
    '/profiles/:userId',
    {
      schema: {
        operationId: 'replaceProfile',
        summary: 'Create or replace a profile',
        description:
          'Gives a profile exactly the fields of the body, of those that services may write. `If-None-Match: *` creates and never overwrites; `If-Match` replaces the version the caller has seen, or any with `*`. One of them is required. Services need the scope `profiles/write`; a replacement is answered with the profile to those alone that have `profiles/read` too, and with 204 to others.',
        tags,
        security: [{ service: [] }],
        params: profileParams,
        headers: replaceHeaders,
        body: profileContent,
        response: answers(
          {
            200: json('The profile after the replacement.', profileAnswer),
            201: json('The profile that was created.', profileAnswer),
            204: writtenUnseen,
          },
          {
            body: true,
            problems: [
              'FIELD_NOT_WRITABLE',
              'PREFERENCES_TOO_LARGE',
              'INSUFFICIENT_SCOPE',
              'PROFILE_NOT_FOUND',
              'PROFILE_ERASED',
              'VERSION_MISMATCH',
              'PRECONDITION_REQUIRED',
              'WRITE_CONTENTION',
            ],
          },
        ),
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const author = authorOf(request.caller, authorize(request.caller, 'replace', userId));
      const fields = bodies.readContent(request.body, 'service');
      const guard = readIfMatch(request.headers['if-match']);
      if (request.headers['if-none-match'] !== undefined) {
        if (guard) {
          throw new Refusal('BAD_REQUEST', "If-Match and If-None-Match: * can't both be met.");
        }
        const entry = await profiles.create(userId, fields, author, request.deadline);
        reply.code(201).header('location', `/v1/profiles/${encodeURIComponent(userId)}`);
        // What was created holds what the caller sent and nothing else.
        return sendProfile(request, reply, entry, 'service');
      }
      if (!guard) {
        throw new Refusal(
          'PRECONDITION_REQUIRED',
          'A replacement needs If-Match, a creation If-None-Match: *.',
        );
      }
      const options = { ...guard, signal: request.deadline };
      const entry = await profiles.replace(userId, fields, author, options);
      return sendWritten(request, reply, entry, 'service');
    },
  );

  app.patch(
    '/profiles/:userId',
    {
      schema: {
        operationId: 'updateProfile',
        summary: 'Change a profile',
        description:
          'Applies a JSON merge patch to the profile of a user id. People may change the fields that are theirs, of their own profile; services with the scope `profiles/write` those that are theirs, of any profile. Services without `profiles/read` are answered 204 and the entity tag. A new address is unverified unless the patch also sets `emailVerified`; without an address there is nothing to verify, and `emailVerified` is refused.',
        tags,
        security: selfOrService,
        params: profileParams,
        headers: writeHeaders,
        body: profilePatch,
        response: answers(
          { 200: json('The profile after the change.', profileAnswer), 204: writtenUnseen },
          {
            body: true,
            problems: [
              'FIELD_NOT_WRITABLE',
              'PREFERENCES_TOO_LARGE',
              'INSUFFICIENT_SCOPE',
              'PROFILE_NOT_FOUND',
              'PROFILE_ERASED',
              'VERSION_MISMATCH',
              'WRITE_CONTENTION',
            ],
          },
        ),
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const capacity = authorize(request.caller, 'patch', userId);
      const isOwn = capacity === 'person';
      const patch = bodies.readPatch(request.body, isOwn ? 'self' : 'service');
      const guard = readIfMatch(request.headers['if-match']);
      const signIn = findOwnSignIn(request, userId);
      if (signIn && isOwn) {
        const own = await profiles.patchOwn(signIn, patch, ownWrite(guard, request.deadline));
        return sendProfile(request, reply, own, capacity);
      }
      // An administrator's own profile, written with an administrator's rights.
      if (signIn && !guard) await profiles.openOwn(signIn, request.deadline);
      const options = { ...guard, signal: request.deadline };
      const entry = await profiles.patch(
        userId,
        patch,
        authorOf(request.caller, capacity),
        options,
      );
      return sendWritten(request, reply, entry, capacity);
    },
  );

  app.delete(
    '/profiles/:userId',
    {
      schema: {
        operationId: 'eraseProfile',
        summary: 'Erase a profile',
        description:
          'Erases everything held about a user id and leaves a mark without personal data. Services need the scope `profiles/erase`.',
        tags,
        security: selfOrService,
        params: profileParams,
        headers: writeHeaders,
        response: answers(
          { 204: empty('Erased.') },
          {
            body: true,
            problems: [
              'INSUFFICIENT_SCOPE',
              'PROFILE_NOT_FOUND',
              'PROFILE_ERASED',
              'VERSION_MISMATCH',
              'WRITE_CONTENTION',
            ],
          },
        ),
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      authorize(request.caller, 'erase', userId);
      const guard = readIfMatch(request.headers['if-match']);
      const signIn = findOwnSignIn(request, userId);
      if (signIn) await profiles.eraseOwn(signIn, ownWrite(guard, request.deadline));
      else await profiles.erase(userId, { ...guard, signal: request.deadline });
      return reply.code(204).send();
    },
  );

  app.get(
    '/profiles/:userId/export',
    {
      schema: {
        operationId: 'exportProfile',
        summary: "Export a person's data",
        description:
          'Everything held about a user id, as a JSON download. Services need the scope `profiles/read`.',
        tags,
        security: [{ service: [] }],
        params: profileParams,
        response: answers(
          { 200: json('Everything held about this person.', profileExport) },
          { problems: ['INSUFFICIENT_SCOPE', 'PROFILE_NOT_FOUND', 'PROFILE_ERASED'] },
        ),
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      authorize(request.caller, 'export', userId);
      const entry = await open(request, userId);
      return sendExport(reply, entry, new Date(clock.now()));
    },
  );
};
