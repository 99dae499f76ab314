import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import t from 'tap';
import { startMoto } from '../backfill/moto.ts';
import { internalError } from '../faults/relay.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { poolId as localPoolId, startPool } from '../local-cognito/start-pool.ts';
import { adminDeleteUser, deleteUser, malformedEvents } from './deletion-events.ts';
import { makeQueue } from './deletion-queue.ts';
import { poolIds, prepareReconcile, profileOf, tombstoneOf } from './run-reconcile.ts';

const [firstPool, otherPool] = poolIds;
const local = (sub: string) => ({ sub, username: sub });
const moto = await startMoto(t);
const skip = typeof moto === 'string' ? `skipped: ${moto}` : false;
const endpoint = typeof moto === 'string' ? '' : moto.url;

interface Line {
  readonly messageId?: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly left?: boolean;
  readonly counts?: Record<string, number>;
}

/** A queue, two pools and a table, and the built command between them. */
async function prepareFollow(t: Parameters<typeof prepareReconcile>[0]) {
  const prepared = await prepareReconcile(t);
  const queue = await makeQueue(t, endpoint);
  Object.assign(prepared.env, { RECONCILE_QUEUE_URL: queue.url });

  return {
    ...prepared,
    queue,

    follow() {
      const { child, ended, output } = prepared.start('--follow');
      const lines = () => readLines(output());
      return {
        child,
        output,
        lines,
        /** What became of a message, each time that it came. */
        outcomes: (id: string) =>
          lines().flatMap(({ messageId, outcome }) => (messageId === id ? outcome : [])),
        async stop() {
          child.kill('SIGTERM');
          const end = await ended;
          return { ...end, last: readLines(end.stdout).at(-1) };
        },
      };
    },
  };
}

function readLines(output: string): Line[] {
  // The last may be written only in part.
  const whole = output.split('\n').slice(0, -1);
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

async function until(holds: () => boolean): Promise<void> {
  for (let waits = 0; !holds(); waits++) {
    if (waits === 6_000) throw new Error('it did not come to pass within two minutes');
    await sleep(20);
  }
}

t.test('of all that the queue tells, exactly those deleted are erased', { skip }, async (t) => {
  const { queue, put, pools, follow, readTable } = await prepareFollow(t);
  const stays = ['failed', 'empty-user', 'foreign', 'other-app', 'malformed', 'unlisted'];
  const goes = ['admin', 'other', 'own', 'own-with-pool', 'no-error', 'twice'];
  await put([...stays, ...goes].map((id) => profileOf(id)));
  await put([tombstoneOf('closing', [firstPool]), tombstoneOf('erased')]);
  pools.addUnlisted(otherPool, local('unlisted'));
  const before = await readTable();

  const twice = adminDeleteUser(firstPool, 'twice');
  const failure = { errorCode: 'UserNotFoundException', errorMessage: 'User does not exist.' };
  const sent: [expected: string, event: unknown][] = [
    ['already-erased', deleteUser('erased')],
    ['already-erased', adminDeleteUser(firstPool, 'closing')],
    ['erased', adminDeleteUser(firstPool, 'admin')],
    ['erased', adminDeleteUser(otherPool, 'other')],
    ['erased', deleteUser('own')],
    ['erased', deleteUser('own-with-pool', toAdditional('own-with-pool', firstPool))],
    ['erased', adminDeleteUser(firstPool, 'no-error', { errorCode: '', errorMessage: null })],
    ['erased', twice],
    ['already-erased', twice],
    ['already-erased', deleteUser('twice')],
    ['no-profile', adminDeleteUser(firstPool, 'never-here')],
    ['no-profile', deleteUser(randomUUID())],
    ['call-failed', adminDeleteUser(firstPool, 'failed', failure)],
    ['call-failed', adminDeleteUser(firstPool, undefined, failure)],
    ['call-failed', deleteUser('failed', { errorCode: 'NotAuthorizedException' })],
    ['call-failed', deleteUser('failed', { errorCode: { code: 1 } })],
    ['other-pool', adminDeleteUser('eu-west-1_Foreign', 'foreign')],
    ['other-pool', adminDeleteUser('eu-west-1_Foreign', undefined)],
    ['other-pool', deleteUser('foreign', toAdditional('foreign', 'eu-west-1_Foreign'))],
    ['user-present', adminDeleteUser(otherPool, 'unlisted')],
  ];
  const ids: string[] = [];
  for (const [, event] of sent) ids.push(await queue.send(event));
  const bad: string[] = [];
  for (const event of Object.values(malformedEvents(firstPool, 'malformed'))) {
    bad.push(await queue.send(event));
  }

  const running = follow();
  await queue.untilEmpty();
  const { code, last, output } = await running.stop();
  t.equal(code, 143);
  t.match(last, { outcome: 'interrupted', counts: { 'other-pool': 3, 'no-profile': 2 } });
  for (const [index, [expected]] of sent.entries()) {
    const [first] = running.outcomes(ids[index] ?? '');
    t.equal(first, expected, `message ${index}`);
  }
  for (const id of bad) t.match(running.outcomes(id), ['malformed', 'malformed'], 'told again');
  t.same(new Set(running.lines().flatMap(({ reason }) => reason ?? [])).size, 4);
  t.same((await queue.readDead()).sort(), bad.sort(), 'these alone are dead letters');

  const told = output.toLowerCase();
  for (const secret of ['canary', 'hidden', 'malformed-', ...stays.slice(0, 4), 'never-here']) {
    t.notOk(told.includes(`"${secret}`), `${secret} is told`);
  }
  for (const id of ['canary@example.com', 'own-with-pool', 'empty-user']) t.notMatch(told, id);
  const after = await readTable();
  t.same([...after.keys()].sort(), [...before.keys()].sort(), 'nobody is added');
  for (const [userId, item] of after) {
    if (!goes.includes(userId)) t.same(item, before.get(userId), `${userId} is as before`);
    else t.match([item.displayName, item.expiresAt], [undefined, { N: String }], userId);
  }
  t.same(pools.deleted, []);
});

const toAdditional = (sub: string, userPoolId: string) => ({
  additionalEventData: { sub, userPoolId },
});

t.test('a pool with its users: who is there stays', { skip }, async (t) => {
  const { queue, put, env, follow, readTable } = await prepareFollow(t);
  const pool = await startPool(t);
  Object.assign(env, {
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
    COGNITO_USER_POOL_ID: localPoolId,
    COGNITO_ADDITIONAL_POOLS: undefined,
  });
  const UserPoolId = localPoolId;
  const [gone, here] = await Promise.all(
    ['gone@example.com', 'here@example.com'].map(async (Username) => {
      const MessageAction = 'SUPPRESS';
      const command = new AdminCreateUserCommand({ UserPoolId, Username, MessageAction });
      const { User } = await pool.client.send(command);
      return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
    }),
  );
  if (!gone || !here) throw new Error('the pool made no users');
  await put([profileOf(gone), profileOf(here)]);
  const running = follow();
  await pool.client.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'gone@example.com' }));
  const settled = await queue.send(adminDeleteUser(localPoolId, gone));
  const kept = await queue.send(adminDeleteUser(localPoolId, here));
  await queue.untilEmpty();
  await running.stop();
  t.same(running.outcomes(settled), ['erased']);
  const present = running.outcomes(kept);
  t.same(new Set(present), new Set(['user-present']));
  t.equal(present.length, 3, 'asked again before the event is dropped');
  const table = await readTable();
  t.notOk(table.get(gone)?.displayName);
  t.ok(table.get(here)?.displayName);
  t.same(await queue.readDead(), []);
});

t.test('a fault leaves the message, and a later attempt settles it', { skip }, async (t) => {
  const { queue, put, pools, relay, follow, readTable } = await prepareFollow(t);
  await put([profileOf('one'), profileOf('two')]);
  let asked = 0;
  pools.intercept = () => {
    asked++;
    return { type: 'InternalErrorException', status: 500 };
  };
  const running = follow();
  const first = await queue.send(deleteUser('one'));
  await until(() => running.outcomes(first).length > 0);
  t.same(running.outcomes(first), ['not-settled']);
  t.ok(asked > 0);
  t.ok((await readTable()).get('one')?.displayName, 'nobody is erased who could not be asked for');
  pools.intercept = undefined;
  await until(() => running.outcomes(first).includes('erased'));

  await relay.set(internalError, (operation) => operation === 'PutItem');
  const second = await queue.send(deleteUser('two'));
  await until(() => running.outcomes(second).length > 0);
  t.same(running.outcomes(second), ['not-settled']);
  t.match(running.output(), /"reason":"\w*InternalServerError"/);
  await relay.set({ kind: 'none' });
  await until(() => running.outcomes(second).includes('erased'));
  await queue.untilEmpty();
  const { code } = await running.stop();
  t.equal(code, 143);
  t.notOk((await readTable()).get('two')?.displayName);
  t.same(await queue.readDead(), []);
});

t.test('SIGTERM lets it finish what is in hand, and gives up what hangs', { skip }, async (t) => {
  const { queue, put, pools, follow, readTable } = await prepareFollow(t);
  await put([profileOf('slow'), profileOf('stuck')]);
  let asked = 0;
  pools.intercept = () => {
    asked++;
    return 'hang';
  };
  const hanging = follow();
  const message = await queue.send(deleteUser('stuck'));
  await until(() => asked > 0);
  const began = performance.now();
  const { code, last } = await hanging.stop();
  judgeTime(t, performance.now() - began, 2_500, 'it ends');
  t.equal(code, 143);
  t.same(hanging.outcomes(message), ['not-settled']);
  t.match(last, { outcome: 'interrupted', counts: { 'not-settled': 1 } });
  t.ok((await readTable()).get('stuck')?.displayName);
  t.equal(await queue.count(), 1, 'the message is there for the next process');

  pools.intercept = undefined;
  const next = follow();
  await until(() => next.outcomes(message).includes('erased'));
  // Waiting for a message, it has nothing to finish.
  t.match(await next.stop(), { code: 143, last: { counts: { erased: 1 } } });
  t.notOk((await readTable()).get('stuck')?.displayName);
});

t.test('what is in hand at SIGTERM is finished, and no more is begun', { skip }, async (t) => {
  const { queue, put, relay, follow, readTable } = await prepareFollow(t);
  await put([profileOf('in-hand'), profileOf('behind')]);
  await relay.set({ kind: 'delay', ms: 200 });
  const running = follow();
  await until(() => running.output().includes('following'));
  const first = await queue.send(deleteUser('in-hand'));
  await until(() => relay.calls() > 0);
  const second = await queue.send(deleteUser('behind'));
  t.match(await running.stop(), { code: 143, last: { outcome: 'interrupted' } });
  judge(
    t,
    isDeepStrictEqual(running.outcomes(first), ['erased']),
    measureShare(),
    'it is finished',
  );
  t.same(running.outcomes(second), []);
  t.ok((await readTable()).get('behind')?.displayName);
});

t.test('what can’t be followed is told at once', { skip }, async (t) => {
  const { queue, env, start } = await prepareFollow(t);
  const paired = await start('--follow', '--allow', '3').ended;
  t.equal(paired.code, 2);
  t.match(paired.stderr, /--allow: does not go with --follow/);
  env.RECONCILE_QUEUE_URL = `${queue.url}-of-nobody`;
  const absent = await start('--follow').ended;
  t.equal(absent.code, 1, absent.output);
  t.match(readLines(absent.stdout), [{ outcome: 'failed', error: String, counts: {} }]);
  env.RECONCILE_QUEUE_URL = undefined;
  const unset = await start('--follow').ended;
  t.equal(unset.code, 2);
  t.match(unset.stderr, /RECONCILE_QUEUE_URL: is required/);
});
