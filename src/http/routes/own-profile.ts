import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorizePerson } from '../../access/permissions.ts';
import { describeOwnOperations } from '../contract/operations/own-profile.ts';
import { readWriteCondition } from '../entity-tag.ts';
import { ownWrite } from '../own-writes.ts';
import type { RouteDependencies } from './dependencies.ts';

/** What people do with their own profile. */
export const ownProfile: FastifyPluginAsyncZod<RouteDependencies> = async (
  app,
  { profiles, signInOf, contract, presentation, clock },
) => {
  const { bodies } = contract;
  const operations = describeOwnOperations(contract);
  const { sendExport, sendProfile } = presentation;

  app.get('/profiles/me', { schema: operations.getMyProfile }, async (request, reply) => {
    const person = authorizePerson(request.caller, 'open own');
    const signIn = signInOf(person, request.bearerToken);
    const profile = await profiles.showOwn(signIn, request.deadline);
    return sendProfile(request, reply, profile, 'person');
  });

  app.patch('/profiles/me', { schema: operations.updateMyProfile }, async (request, reply) => {
    const person = authorizePerson(request.caller, 'patch own');
    const patch = bodies.readPatch(request.body, 'self');
    const guard = readWriteCondition(request.headers);
    const signIn = signInOf(person, request.bearerToken);
    const { profile } = await profiles.patchOwn(signIn, patch, ownWrite(guard, request.deadline));
    return sendProfile(request, reply, profile, 'person');
  });

  app.delete('/profiles/me', { schema: operations.eraseMyProfile }, async (request, reply) => {
    const person = authorizePerson(request.caller, 'erase own');
    const guard = readWriteCondition(request.headers);
    const signIn = signInOf(person, request.bearerToken);
    await profiles.eraseOwn(signIn, ownWrite(guard, request.deadline));
    return reply.code(204).send();
  });

  app.get('/profiles/me/export', { schema: operations.exportMyProfile }, async (request, reply) => {
    const person = authorizePerson(request.caller, 'export own');
    const entry = await profiles.openOwn(signInOf(person, request.bearerToken), request.deadline);
    return sendExport(reply, entry, new Date(clock.now()));
  });
};
