import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { authorize, authorizePerson } from '../../access/permissions.ts';
import type { AccountLogins } from '../../identity/account-logins.ts';
import type { AccountClosure, ClosureOutcome } from '../../profiles/account-closure.ts';
import { describeAccountOperations } from '../contract/operations/accounts.ts';

export interface AccountRouteDependencies {
  readonly closure: AccountClosure;
  readonly logins: AccountLogins;
  /** Every pool whose people this service knows. */
  readonly poolIds: readonly string[];
  /** Whether this deployment may delete users of its own right. */
  readonly closesForServices: boolean;
}

/** Seconds; a Cognito that fails is rarely well again sooner. */
const retryAfterSeconds = 5;

/** The end of an account: the profile and the login. */
export const accounts: FastifyPluginAsyncZod<AccountRouteDependencies> = async (
  app,
  { closure, logins, poolIds, closesForServices },
) => {
  const operations = describeAccountOperations();

  app.delete('/accounts/me', { schema: operations.closeMyAccount }, async (request, reply) => {
    const person = authorizePerson(request.caller, 'close own');
    const remove = logins.removerFor(person, request.bearerToken);
    const { userId, signedInAt, pool } = person;
    const own = { userId, signedInAt, poolId: pool.id };
    return send(reply, await closure.closeOwn(own, remove, request.deadline));
  });

  if (!closesForServices) return;
  app.delete('/accounts/:userId', { schema: operations.closeAccount }, async (request, reply) => {
    const { userId } = request.params;
    authorize(request.caller, 'close', userId);
    const signal = request.deadline;
    return send(reply, await closure.close(userId, poolIds, logins.removeByRight, { signal }));
  });
};

function send(reply: FastifyReply, outcome: ClosureOutcome) {
  if (outcome === 'closed') return reply.code(204).send();
  return reply.code(202).header('retry-after', retryAfterSeconds).send({ status: outcome });
}
