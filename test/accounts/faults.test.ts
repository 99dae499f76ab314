import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import t, { type Test } from 'tap';
import { hostedScope } from '../../local-cognito/tokens.ts';
import { requestBudgetMs } from '../../src/http/hooks/deadline.ts';
import type { Fault } from '../faults/relay.ts';
import { judgeTime } from '../helper/machine.ts';
import { send, sendOnce } from '../helper/request.ts';
import { poolId } from '../local-cognito/start-pool.ts';
import { startReconcile } from '../reconcile/run-reconcile.ts';
import { type SignedUp, startAccounts, tokenOf } from './start-accounts.ts';

const me = '/v1/profiles/me';
const account = '/v1/accounts/me';
const slackMs = 1_000;

type Accounts = Awaited<ReturnType<typeof startAccounts>>;

/** Somebody with a profile, and somebody beside them whom nothing may touch. */
async function prepare({ signUp, store }: Accounts, url: string) {
  const [person, bystander] = [await signUp(), await signUp()];
  for (const { accessToken: token } of [person, bystander]) {
    await send(url, 'PATCH', me, { token, body: { displayName: 'Here' } });
  }
  const beside = await store.find(bystander.userId);
  return { person, bystander, beside };
}

async function runReconcile(t: Test, { pool, engine, tableName }: Accounts): Promise<void> {
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
    USER_PROFILE_TABLE_NAME: tableName,
    COGNITO_USER_POOL_ID: poolId,
  };
  const { code, output } = await startReconcile(t, env, ['--yes']).ended;
  t.equal(code, 0, output);
}

async function assertClosed(
  t: Test,
  { store, hasUser }: Accounts,
  { person, bystander, beside }: Awaited<ReturnType<typeof prepare>>,
): Promise<void> {
  t.match(await store.find(person.userId), { kind: 'tombstone', closing: undefined });
  t.notOk(await hasUser(person.userId), 'the login is gone');
  t.ok(await hasUser(bystander.userId), 'nobody else’s is');
  t.strictSame(await store.find(bystander.userId), beside, 'nor is anybody else’s profile touched');
}

const refusal = (status: number, type: string): Fault => ({ kind: 'refusal', status, type });
const faults: Record<string, Fault> = {
  'is not reached': { kind: 'refuse' },
  'never answers': { kind: 'blackHole' },
  'answers by the byte': { kind: 'trickle' },
  'answers too late': { kind: 'delay', ms: 6_000 },
  'breaks its answer off': { kind: 'cutAnswer' },
  'does it and says nothing': { kind: 'loseAnswer' },
  fails: refusal(500, 'InternalErrorException'),
  throttles: refusal(400, 'TooManyRequestsException'),
  'refuses the deployment': refusal(400, 'AccessDeniedException'),
};

t.test('whatever Cognito does, an account is closed by asking again or by reconcile', async (t) => {
  const accounts = await startAccounts(t);
  const { service, pool, cognito, store } = accounts;
  const tokens: Record<string, (person: SignedUp) => string> = {
    'by their own token': ({ accessToken }) => accessToken,
    'by the right of the deployment': (person) => tokenOf(pool, person, { scope: hostedScope }),
  };
  for (const [how, makeToken] of Object.entries(tokens)) {
    for (const [index, [what, fault]] of Object.entries(faults).entries()) {
      t.test(`${how}, where Cognito ${what}`, async (t) => {
        const prepared = await prepare(accounts, service.url);
        const token = makeToken(prepared.person);
        // A token of the hosted pages has userInfo asked for the profile, which is another matter.
        await cognito.set(fault, (operation) => /User/.test(operation));
        const began = performance.now();
        const asked = await sendOnce(service.url, 'DELETE', account, { token });
        judgeTime(t, performance.now() - began, requestBudgetMs + slackMs, 'answered in time');
        t.match(asked, { status: 202, body: { status: 'closing' } });
        t.match(asked.headers.get('retry-after'), /^[1-9]\d*$/);
        t.match(await store.find(prepared.person.userId), {
          kind: 'tombstone',
          closing: [poolId],
        });
        t.equal((await send(service.url, 'GET', me, { token })).status, 410);
        await cognito.set({ kind: 'none' });
        if (index % 2) await runReconcile(t, accounts);
        else t.equal((await send(service.url, 'DELETE', account, { token })).status, 204);
        await assertClosed(t, accounts, prepared);
      });
    }
  }

  t.test('a login that is gone already is no hindrance', async (t) => {
    for (const makeToken of Object.values(tokens)) {
      const prepared = await prepare(accounts, service.url);
      const { accessToken } = prepared.person;
      await pool.client.send(new DeleteUserCommand({ AccessToken: accessToken }));
      const token = makeToken(prepared.person);
      t.equal((await send(service.url, 'DELETE', account, { token })).status, 204);
      await assertClosed(t, accounts, prepared);
    }
  });

  t.test('a token that Cognito revoked is helped by the deployment’s right', async (t) => {
    const prepared = await prepare(accounts, service.url);
    const token = prepared.person.accessToken;
    await cognito.set(refusal(400, 'NotAuthorizedException'), (name) => name === 'DeleteUser');
    t.equal((await send(service.url, 'DELETE', account, { token })).status, 204);
    await cognito.set({ kind: 'none' });
    await assertClosed(t, accounts, prepared);
  });

  t.test('without that right it takes another sign-in, which finishes it', async (t) => {
    const own = await accounts.start({ ACCOUNT_CLOSURE: 'own-token' });
    const prepared = await prepare(accounts, own.url);
    const token = prepared.person.accessToken;
    await cognito.set(refusal(400, 'NotAuthorizedException'), (name) => name === 'DeleteUser');
    t.match(await send(own.url, 'DELETE', account, { token }), {
      status: 401,
      body: { code: 'REAUTHENTICATION_REQUIRED' },
    });
    t.match(await store.find(prepared.person.userId), { closing: [poolId] });
    await cognito.set({ kind: 'none' });
    const later = tokenOf(pool, prepared.person);
    t.equal((await send(own.url, 'DELETE', account, { token: later })).status, 204);
    await assertClosed(t, accounts, prepared);
  });

  t.test('many who close at once, and one who asks many times, are each closed once', async (t) => {
    const all = await Promise.all(Array.from({ length: 6 }, () => prepare(accounts, service.url)));
    const answers = await Promise.all(
      all.flatMap(({ person: { accessToken: token } }) =>
        Array.from({ length: 4 }, () => send(service.url, 'DELETE', account, { token })),
      ),
    );
    t.same([...new Set(answers.map(({ status }) => status))], [204]);
    for (const prepared of all) await assertClosed(t, accounts, prepared);
  });
});

t.test('a task that is killed between two steps leaves nothing half closed', async (t) => {
  const accounts = await startAccounts(t);
  const { cognito, table, start, store, hasUser } = accounts;
  /** Hangs the nth call of this operation from now on; resolves once it has come. */
  const hang = async (relay: typeof table, operation: string, nth: number) => {
    let [met, isThere] = [0, false];
    await relay.set({ kind: 'blackHole' }, (name) => {
      if (name !== operation || ++met !== nth) return false;
      isThere = true;
      return true;
    });
    return async () => {
      while (!isThere) await sleep(5);
    };
  };
  const steps: Record<string, () => Promise<() => Promise<void>>> = {
    'before anything is written': () => hang(table, 'PutItem', 1),
    'after the erasure, before the login': () => hang(cognito, 'DeleteUser', 1),
    'after the login, before the note goes': () => hang(table, 'PutItem', 2),
  };
  for (const [when, arrange] of Object.entries(steps)) {
    t.test(when, async (t) => {
      const service = await start();
      const prepared = await prepare(accounts, service.url);
      const { userId, accessToken: token } = prepared.person;
      const before = await store.find(userId);
      const wait = await arrange();
      const asking = sendOnce(service.url, 'DELETE', account, { token }).catch(() => undefined);
      await wait();
      service.child.kill('SIGKILL');
      await service.ended;
      t.equal(await asking, undefined, 'nobody was answered');
      for (const relay of [cognito, table]) await relay.set({ kind: 'none' });
      if (when.startsWith('before')) {
        await runReconcile(t, accounts);
        t.strictSame(await store.find(userId), before, 'what was not begun is not finished');
        t.ok(await hasUser(userId));
        const next = await start();
        t.equal((await send(next.url, 'DELETE', account, { token })).status, 204);
      } else {
        t.match(await store.find(userId), { kind: 'tombstone', closing: [poolId] });
        await runReconcile(t, accounts);
      }
      await assertClosed(t, accounts, prepared);
    });
  }
});
