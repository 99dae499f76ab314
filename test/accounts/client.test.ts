import t from 'tap';
import { createProfileClient } from '../../client/src/index.ts';
import { machineToken } from '../helper/callers.ts';
import { startAccounts, tokenOf } from './start-accounts.ts';

const { service, pool, signUp, hasUser, cognito } = await startAccounts(t);
const { url: baseUrl } = service;

t.test('the client tells when to sign in again, and renews no token for it', async (t) => {
  const person = await signUp();
  const long = Math.floor(Date.now() / 1000) - 3_000;
  const asked: (string | undefined)[] = [];
  let token = tokenOf(pool, person, { authTime: long });
  const client = createProfileClient({
    baseUrl,
    token(refused) {
      asked.push(refused);
      return token;
    },
  });
  await client.getMyProfile();
  t.same(await client.closeMyAccount(), { outcome: 'reauthenticate' });
  t.same(asked, [undefined, undefined], 'a token of the same sign-in is no help');
  token = tokenOf(pool, person);
  await cognito.set({ kind: 'refusal', status: 500, type: 'InternalErrorException' });
  t.same(await client.closeMyAccount(), { outcome: 'closing', retryAfter: 5_000 });
  await cognito.set({ kind: 'none' });
  t.same(await client.closeMyAccount(), { outcome: 'closed' });
  t.notOk(await hasUser(person.userId));
});

t.test('a token that is no good is still renewed', async (t) => {
  const person = await signUp();
  const asked: (string | undefined)[] = [];
  const client = createProfileClient({
    baseUrl,
    token(refused) {
      asked.push(refused);
      return refused ? person.accessToken : 'worn';
    },
  });
  t.same(await client.closeMyAccount(), { outcome: 'closed' });
  t.same(asked, [undefined, 'worn']);
});

t.test('a service closes accounts by the client', async (t) => {
  const person = await signUp();
  const signer = { publisher: service.publisher };
  const clientOf = (scope: string) =>
    createProfileClient({ baseUrl: `${baseUrl}/`, token: () => machineToken(signer, scope) });
  await t.rejects(clientOf('profiles/erase').closeAccount(person.userId), {
    name: 'ProfileServiceError',
    code: 'INSUFFICIENT_SCOPE',
    status: 403,
  });
  t.same(await clientOf('profiles/close').closeAccount(person.userId), { outcome: 'closed' });
  t.notOk(await hasUser(person.userId));
});
