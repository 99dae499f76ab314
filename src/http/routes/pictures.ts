import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize, authorizePerson, authorOf } from '../../access/permissions.ts';
import { pictureLimits } from '../../pictures/picture-limits.ts';
import type { Pictures } from '../../pictures/pictures.ts';
import type { ProfilePatch } from '../../profiles/record.ts';
import { Refusal } from '../../refusal.ts';
import type { Writer } from '../../schema/vocabulary.ts';
import { describePictureOperations } from '../contract/operations/pictures.ts';
import { readIfMatch } from '../entity-tag.ts';
import { ownWrite } from '../own-writes.ts';
import type { RouteDependencies } from './dependencies.ts';

export interface PictureRoutes extends RouteDependencies {
  readonly pictures: Pictures;
}

/** Receiving apart, of an upload: a turn at the decoder, the decoder, two objects, the write. */
const budgetMs = 10_000;

/** Who may write a picture is who may write its address. */
function authorizePicture(request: FastifyRequest): 'person' | 'service' {
  const { userId } = request.params as { userId?: string };
  if (userId !== undefined) return authorize(request.caller, 'patch', userId);
  authorizePerson(request.caller, 'patch own');
  return 'person';
}

/** Uploads. Their bodies are read of callers alone that may send one, and are no JSON. */
export const uploadedPictures: FastifyPluginAsyncZod<PictureRoutes> = async (app, dependencies) => {
  const { pictures, contract, presentation } = dependencies;
  const operations = describePictureOperations(contract);
  const write = createWriter(dependencies);
  const readRemoval = createRemovals(dependencies);

  takePictures(app);
  // Whoever may take the picture away may replace it.
  app.addHook('onRequest', async (request) => {
    readRemoval(request);
  });
  app.addHook('onRequest', app.holdUpload);

  const upload = (request: FastifyRequest) => {
    const { open, patch } = write(request);
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return pictures.upload({ bytes, open, write: patch, signal: request.deadline });
  };

  app.put(
    '/profiles/me/avatar',
    { schema: operations.setMyPicture, config: { budgetMs } },
    async (request, reply) =>
      presentation.sendProfile(request, reply, await upload(request), 'person'),
  );

  app.put(
    '/profiles/:userId/avatar',
    { schema: operations.setPicture, config: { budgetMs } },
    async (request, reply) =>
      presentation.sendWritten(request, reply, await upload(request), authorizePicture(request)),
  );
};

/** What takes a picture away again is a write like any other. */
export const removedPictures: FastifyPluginAsyncZod<PictureRoutes> = async (app, dependencies) => {
  const { contract, presentation } = dependencies;
  const operations = describePictureOperations(contract);
  const write = createWriter(dependencies);
  const readRemoval = createRemovals(dependencies);

  const remove = (request: FastifyRequest) => write(request).patch(readRemoval(request));

  app.delete(
    '/profiles/me/avatar',
    { schema: operations.removeMyPicture },
    async (request, reply) =>
      presentation.sendProfile(request, reply, await remove(request), 'person'),
  );

  app.delete(
    '/profiles/:userId/avatar',
    { schema: operations.removePicture },
    async (request, reply) =>
      presentation.sendWritten(request, reply, await remove(request), authorizePicture(request)),
  );
};

/** The patch that takes the picture away, for those who may write it. */
function createRemovals({ pictures, contract }: PictureRoutes) {
  return (request: FastifyRequest): ProfilePatch => {
    const writer: Writer = authorizePicture(request) === 'person' ? 'self' : 'service';
    return contract.bodies.readPatch({ [pictures.field]: null }, writer);
  };
}

/** How this request reads and writes the profile it names: as PATCH does. */
function createWriter({ profiles, signInOf }: RouteDependencies) {
  return (request: FastifyRequest) => {
    const { caller, bearerToken, deadline: signal } = request;
    const capacity = authorizePicture(request);
    const { userId = caller?.kind === 'person' ? caller.userId : '' } = request.params as {
      userId?: string;
    };
    const guard = readIfMatch(request.headers['if-match']);
    const signIn =
      caller?.kind === 'person' && caller.userId === userId
        ? signInOf(caller, bearerToken)
        : undefined;
    const patch = async (changes: ProfilePatch) => {
      if (signIn && capacity === 'person') {
        return profiles.patchOwn(signIn, changes, ownWrite(guard, signal));
      }
      // An administrator's own profile, written with an administrator's rights.
      if (signIn && !guard) await profiles.openOwn(signIn, signal);
      return profiles.patch(userId, changes, authorOf(caller, capacity), { ...guard, signal });
    };
    // A patch of nothing reads the profile and meets every condition that the write will.
    return { open: () => patch({}), patch };
  };
}

/** Whatever the body says it is, it is taken as bytes: its content says what it is. */
function takePictures(app: FastifyInstance): void {
  const { maxBytes: bodyLimit } = pictureLimits;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: Error & { code?: string }) => {
    if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
    throw new Refusal(
      'PAYLOAD_TOO_LARGE',
      `A picture may have at most ${pictureLimits.maxBytes} bytes (1 MiB).`,
    );
  });
}
