import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize } from '../../access/permissions.ts';
import { createBudget } from '../../concurrency/budget.ts';
import { createPeople } from '../../profiles/people.ts';
import { Refusal } from '../../refusal.ts';
import { describePeopleOperations } from '../contract/operations/people.ts';
import { createPeopleShapes } from '../contract/people.ts';
import { hashContent, matchesTag } from '../entity-tag.ts';
import { enforceLimit, subjectOf } from '../hooks/rate-limits.ts';
import { createPersonSerializer } from '../person-serializer.ts';
import { maxListBytes, sendProfiles } from '../profile-list.ts';
import { varyBy } from '../vary.ts';
import type { RouteDependencies } from './dependencies.ts';

export interface PeopleOptions extends RouteDependencies {
  /** Ids that a caller may ask for. */
  readonly perMinute: number;
}

const minute = 60_000;
const maxBudgets = 20_000;
/**
 * That there is nobody is said so long after the question. The wait begins before the read, so its
 * end doesn't tell what the read met: nothing, a tombstone, or somebody who hides and holds much.
 */
const nobodyAfterMs = 50;
/** Kept by the caller alone, and for no other token: the next one may be another person's. */
const caching = { 'cache-control': 'private, max-age=60' };

/** People as everyone may see them. Loaded where a field is public, and nowhere else. */
export const people: FastifyPluginAsyncZod<PeopleOptions> = async (
  app,
  { profiles, schema, contract, perMinute },
) => {
  const operations = describePeopleOperations(contract, createPeopleShapes(schema));
  const serializePerson = createPersonSerializer(schema.publicFields);
  const { findListed, writeListed } = createPeople(profiles);
  const spend = createBudget({ max: perMinute, windowMs: minute, maxKeys: maxBudgets });

  app.addHook('onRequest', ({ caller }, _reply, done) => {
    authorize(caller, 'read people');
    done();
  });
  const charge = ({ caller }: FastifyRequest, reply: FastifyReply, ids: number) =>
    enforceLimit(spend(subjectOf(caller), ids), reply);

  app.get('/people/:userId', { schema: operations.getPerson }, async (request, reply) => {
    charge(request, reply, 1);
    const nobodyDue = sleep(nobodyAfterMs, undefined, { ref: false });
    const profile = await findListed(request.params.userId, request.deadline);
    if (!profile) {
      await nobodyDue;
      throw new Refusal('PROFILE_NOT_FOUND', 'There is nobody to see under this user id.');
    }
    const text = serializePerson(profile);
    // Of what is answered alone: a version would tell that something else changed.
    const tag = `"${hashContent(text)}"`;
    allowCaching(reply).header('etag', tag);
    if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(text as never);
  });

  app.post('/people/batch-get', { schema: operations.batchGetPeople }, async (request, reply) => {
    const { userIds } = request.body;
    charge(request, reply, userIds.length);
    const nobodyDue = sleep(nobodyAfterMs, undefined, { ref: false });
    const found = await writeListed(userIds, serializePerson, maxListBytes, request.deadline);
    const { texts, missing, unread } = found;
    if (missing.length > 0) await nobodyDue;
    allowCaching(reply);
    const rest = { missing, ...(unread.length > 0 && { unread }) };
    return sendProfiles(reply, texts, rest, 'people');
  });
};

function allowCaching(reply: FastifyReply): FastifyReply {
  varyBy(reply, 'authorization');
  return reply.headers(caching);
}
