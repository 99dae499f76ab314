import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize, authorizePerson } from '../../access/permissions.ts';
import { pictureLimits } from '../../pictures/picture-limits.ts';
import type { Pictures } from '../../pictures/pictures.ts';
import type { ProfilePatch } from '../../profiles/record.ts';
import { Refusal } from '../../refusal.ts';
import type { Writer } from '../../schema/vocabulary.ts';
import { describePictureOperations } from '../contract/operations/pictures.ts';
import { readWriteCondition } from '../entity-tag.ts';
import { assertUnencoded } from '../hooks/bodies.ts';
import { createProfilePatch, type PatchTarget } from '../profile-patch.ts';
import type { RouteDependencies } from './dependencies.ts';

export interface PictureRoutes extends RouteDependencies {
  readonly pictures: Pictures;
}

/** Receiving apart, of an upload: a turn at the decoder, the decoder, two objects, the write. */
const budgetMs = 10_000;

/** Uploads. Their bodies are read of callers alone that may send one, and are no JSON. */
export const uploadedPictures: FastifyPluginAsyncZod<PictureRoutes> = async (app, dependencies) => {
  const { pictures, contract, presentation } = dependencies;
  const operations = describePictureOperations(contract);
  const patchProfile = createProfilePatch(dependencies);
  const readRemoval = createRemovals(dependencies);

  takePictures(app);
  app.addHook('onRequest', async (request) => {
    // A caller who may remove the picture may replace it.
    readRemoval(request);
    assertUnencoded(request.headers);
    // The content says what it is; Fastify refuses a type that can't be read.
    delete request.headers['content-type'];
  });
  app.addHook('onRequest', app.holdUpload);

  async function upload(request: FastifyRequest, reply: FastifyReply) {
    const target = readTarget(request);
    const write = (changes: ProfilePatch) => patchProfile(request, target, changes);
    const { profile } = await pictures.upload({
      bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      // A patch of nothing reads the profile and meets every condition that the write will.
      open: () => write({}),
      write,
      signal: request.deadline,
    });
    return presentation.sendWritten(request, reply, profile, target.capacity);
  }

  const config = { budgetMs };
  app.put('/profiles/me/avatar', { schema: operations.setMyPicture, config }, upload);
  app.put('/profiles/:userId/avatar', { schema: operations.setPicture, config }, upload);
};

/** What takes a picture away again is a write like any other. */
export const removedPictures: FastifyPluginAsyncZod<PictureRoutes> = async (app, dependencies) => {
  const { contract, presentation } = dependencies;
  const operations = describePictureOperations(contract);
  const patchProfile = createProfilePatch(dependencies);
  const readRemoval = createRemovals(dependencies);

  async function remove(request: FastifyRequest, reply: FastifyReply) {
    const target = readTarget(request);
    const { profile } = await patchProfile(request, target, readRemoval(request));
    return presentation.sendWritten(request, reply, profile, target.capacity);
  }

  app.delete('/profiles/me/avatar', { schema: operations.removeMyPicture }, remove);
  app.delete('/profiles/:userId/avatar', { schema: operations.removePicture }, remove);
};

/** Who may write a picture is who may write its address. */
function authorizePicture({ caller, params }: FastifyRequest): Omit<PatchTarget, 'guard'> {
  const { userId } = params as { userId?: string };
  if (userId !== undefined) return { userId, capacity: authorize(caller, 'patch', userId) };
  return { userId: authorizePerson(caller, 'patch own').userId, capacity: 'person' };
}

function readTarget(request: FastifyRequest): PatchTarget {
  const who = authorizePicture(request);
  return { ...who, guard: readWriteCondition(request.headers) };
}

/** The patch that takes the picture away, for those who may write it. */
function createRemovals({ pictures, contract }: PictureRoutes) {
  return (request: FastifyRequest): ProfilePatch => {
    const { capacity } = authorizePicture(request);
    const writer: Writer = capacity === 'person' ? 'self' : 'service';
    return contract.bodies.readPatch({ [pictures.field]: null }, writer);
  };
}

/** The body is taken as bytes. */
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
