import t from 'tap';
import { hostedScope, mintIdToken, sdkScope } from '../../local-cognito/tokens.ts';
import { createTombstone } from '../../src/profiles/revision.ts';
import { machineToken } from '../helper/callers.ts';
import { send, sendOnce } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startAccounts, tokenOf } from './start-accounts.ts';

const me = '/v1/profiles/me';
const account = '/v1/accounts/me';
const nowSeconds = () => Math.floor(Date.now() / 1000);

t.test('where accounts are closed', async (t) => {
  const { service, pool, store, signUp, hasUser, start, cognito } = await startAccounts(t);

  t.test('a person closes their account: the profile and the login are gone', async (t) => {
    const person = await signUp();
    const bystander = await signUp();
    const token = person.accessToken;
    t.equal((await send(service.url, 'GET', me, { token })).status, 200);
    await send(service.url, 'GET', me, { token: bystander.accessToken });
    const closed = await send(service.url, 'DELETE', account, { token });
    t.match(closed, { status: 204, text: '' });
    t.notOk(await hasUser(person.userId));
    t.match(await store.find(person.userId), { kind: 'tombstone', closing: undefined });
    t.match(await send(service.url, 'GET', me, { token }), {
      status: 410,
      body: { code: 'PROFILE_ERASED' },
    });
    t.equal(
      (await send(service.url, 'DELETE', account, { token })).status,
      204,
      'asking again is safe',
    );
    t.ok(await hasUser(bystander.userId), 'nobody else is touched');
    t.match(await store.find(bystander.userId), { kind: 'live' });

    const again = await signUp(person.email);
    t.not(again.userId, person.userId, 'the address is free, for somebody new');
    const fresh = await send(service.url, 'GET', me, { token: again.accessToken });
    t.match(fresh, { status: 200, body: { version: 1, email: person.email } });
  });

  t.test('it takes a recent sign-in, which no refresh brings', async (t) => {
    const person = await signUp();
    await send(service.url, 'GET', me, { token: person.accessToken });
    const token = tokenOf(pool, person, { authTime: nowSeconds() - 660 });
    const refused = await send(service.url, 'DELETE', account, { token });
    t.match(refused, { status: 401, body: { code: 'REAUTHENTICATION_REQUIRED' } });
    t.equal(
      refused.headers.get('www-authenticate'),
      'Bearer realm="user-profile-service", error="insufficient_user_authentication", max_age=600',
    );
    t.ok(await hasUser(person.userId));
    t.match(await store.find(person.userId), { kind: 'live' }, 'nothing is erased');
    const recent = tokenOf(pool, person, { authTime: nowSeconds() - 540 });
    t.equal((await send(service.url, 'DELETE', account, { token: recent })).status, 204);
    t.notOk(await hasUser(person.userId));
  });

  t.test(
    'a token that can’t delete its own user is helped by the deployment’s right',
    async (t) => {
      for (const kind of ['hosted', 'id'] as const) {
        const person = await signUp();
        const token =
          kind === 'id' ? person.idToken : tokenOf(pool, person, { scope: hostedScope });
        t.equal((await send(service.url, 'DELETE', account, { token })).status, 204);
        t.notOk(await hasUser(person.userId), kind);
      }
    },
  );

  t.test('somebody who never had a profile can leave, and so can one who erased it', async (t) => {
    const person = await signUp();
    const token = person.accessToken;
    t.equal((await send(service.url, 'DELETE', me, { token })).status, 204);
    t.equal((await send(service.url, 'DELETE', account, { token })).status, 204);
    t.notOk(await hasUser(person.userId));
    const other = await signUp();
    t.equal((await send(service.url, 'DELETE', account, { token: other.accessToken })).status, 204);
    t.notOk(await hasUser(other.userId));
  });

  t.test('a sign-in from before an erasure closes nothing that began after it', async (t) => {
    const person = await signUp();
    const old = tokenOf(pool, person, { authTime: nowSeconds() - 60 });
    await send(service.url, 'DELETE', me, { token: old });
    const erased = await store.find(person.userId);
    const later = nowSeconds() + 2;
    const fresh = tokenOf(pool, person, { authTime: later, issuedAt: nowSeconds() });
    t.equal((await send(service.url, 'GET', me, { token: fresh })).status, 200);
    t.match(await send(service.url, 'DELETE', account, { token: old }), { status: 410 });
    t.ok(await hasUser(person.userId));
    t.match(await store.find(person.userId), { kind: 'live', erasedAt: erased?.erasedAt });
  });

  t.test('a service closes accounts with a scope of its own, an administrator too', async (t) => {
    const signer = { publisher: service.publisher };
    const all = 'profiles/read profiles/write profiles/erase';
    const person = await signUp();
    const path = `/v1/accounts/${person.userId}`;
    await send(service.url, 'GET', me, { token: person.accessToken });
    const refused = await send(service.url, 'DELETE', path, { token: machineToken(signer, all) });
    t.match(refused, { status: 403, body: { code: 'INSUFFICIENT_SCOPE' } });
    t.match(refused.headers.get('www-authenticate'), /scope="profiles\/close"/);
    const own = await send(service.url, 'DELETE', path, { token: person.accessToken });
    t.equal(own.status, 403, 'people use /me, which asks for a recent sign-in');
    const stranger = await signUp();
    const others = await send(service.url, 'DELETE', path, { token: stranger.accessToken });
    t.equal(others.status, 403);
    const closer = machineToken(signer, 'profiles/close');
    t.equal((await send(service.url, 'DELETE', account, { token: closer })).status, 403);
    t.ok(await hasUser(person.userId));

    t.equal((await send(service.url, 'DELETE', path, { token: closer })).status, 204);
    t.notOk(await hasUser(person.userId));
    t.match(await store.find(person.userId), { kind: 'tombstone', closing: undefined });
    t.equal((await send(service.url, 'DELETE', path, { token: closer })).status, 204);
    t.equal(
      (await send(service.url, 'GET', `/v1/profiles/${stranger.userId}`, { token: closer })).status,
      403,
      'it reads nothing',
    );

    const admin = tokenOf(pool, await signUp(), { claims: { 'cognito:groups': ['admins'] } });
    const theirs = `/v1/accounts/${stranger.userId}`;
    t.equal((await send(service.url, 'DELETE', theirs, { token: admin })).status, 204);
    t.notOk(await hasUser(stranger.userId));
  });

  t.test('while it is under way every sign-in is refused, and each finishes it', async (t) => {
    const person = await signUp();
    const token = person.accessToken;
    await send(service.url, 'GET', me, { token });
    await cognito.set(
      { kind: 'refusal', status: 500, type: 'InternalErrorException' },
      (operation) => operation !== '',
    );
    const first = await sendOnce(service.url, 'DELETE', account, { token });
    t.match(first, { status: 202, body: { status: 'closing' } });
    t.match(first.headers.get('retry-after'), /^[1-9]\d*$/);
    t.match(await store.find(person.userId), { kind: 'tombstone', closing: [pool.poolId] });
    const later = tokenOf(pool, person, { authTime: nowSeconds() + 3, issuedAt: nowSeconds() });
    for (const one of [token, later]) {
      for (const [method, path] of [
        ['GET', me],
        ['PATCH', me],
        ['DELETE', me],
      ] as const) {
        const body = method === 'PATCH' ? { body: { givenName: 'Back' } } : {};
        const { status } = await send(service.url, method, path, { token: one, ...body });
        t.equal(status, 410, `${method} ${path}`);
      }
    }
    await cognito.set({ kind: 'none' });
    const stale = tokenOf(pool, person, { authTime: nowSeconds() - 3_000 });
    t.equal((await sendOnce(service.url, 'DELETE', account, { token: stale })).status, 204);
    t.notOk(await hasUser(person.userId));
    t.match(await store.find(person.userId), { kind: 'tombstone', closing: undefined });
  });

  t.test('a pool that an earlier closing noted keeps it under way', async (t) => {
    const person = await signUp();
    const token = person.accessToken;
    const elsewhere = 'eu-west-1_Elsewhere';
    const mark = createTombstone(person.userId, undefined, { now: new Date() }, 90, [elsewhere]);
    await store.put(mark, undefined);
    const own = await send(service.url, 'DELETE', account, { token });
    t.match(own, { status: 202, body: { status: 'closing' } });
    t.notOk(await hasUser(person.userId), 'their own login is gone');
    t.match(await store.find(person.userId), { kind: 'tombstone', closing: [elsewhere] });
  });

  t.test('its schema tells people so, and its contract', async (t) => {
    const { accessToken } = await signUp();
    const offered = await send(service.url, 'GET', '/v1/schema', { token: accessToken });
    t.same(offered.body['x-account-closure'], { maxAge: 600 });
    const { text } = await send(service.url, 'GET', '/openapi.json');
    const { paths } = JSON.parse(text);
    t.ok(paths[account]);
    t.ok(paths['/v1/accounts/{userId}']);
    t.ok(text.includes('REAUTHENTICATION_REQUIRED'));
  });

  t.test('with the person’s own token alone, nobody is closed by a service', async (t) => {
    const own = await start({ ACCOUNT_CLOSURE: 'own-token', ACCOUNT_CLOSURE_MAX_AGE: '60' });
    const person = await signUp();
    const closer = machineToken({ publisher: own.publisher }, 'profiles/close');
    t.match(await send(own.url, 'DELETE', `/v1/accounts/${person.userId}`, { token: closer }), {
      status: 404,
      body: { code: 'ROUTE_NOT_FOUND' },
    });
    const hosted = tokenOf(pool, person, { scope: hostedScope });
    t.match(await send(own.url, 'DELETE', account, { token: hosted }), {
      status: 403,
      body: { code: 'INSUFFICIENT_SCOPE' },
    });
    const old = tokenOf(pool, person, { authTime: nowSeconds() - 70 });
    t.match(
      (await send(own.url, 'DELETE', account, { token: old })).headers.get('www-authenticate'),
      /max_age=60$/,
    );
    t.equal(await store.find(person.userId), undefined, 'neither erased anything');
    const both = tokenOf(pool, person, { scope: `${hostedScope} ${sdkScope}` });
    t.equal((await send(own.url, 'DELETE', account, { token: both })).status, 204);
    t.notOk(await hasUser(person.userId));
    const { text } = await send(own.url, 'GET', '/openapi.json');
    t.notOk(JSON.parse(text).paths['/v1/accounts/{userId}'], 'nor does its contract say so');
  });
});

t.test('where it is off, there is nothing', async (t) => {
  const service = await startService(t);
  const { key, issuer } = service.publisher;
  const person = { sub: 'somebody', provider: 'cognito' } as const;
  const token = mintIdToken(key, { issuer, clientId: 'webclient1', person });
  for (const path of [account, '/v1/accounts/somebody']) {
    for (const by of [token, machineToken(service, 'profiles/close')]) {
      t.match(await send(service.url, 'DELETE', path, { token: by }), {
        status: 404,
        body: { code: 'ROUTE_NOT_FOUND' },
      });
    }
  }
  const { body } = await send(service.url, 'GET', '/v1/schema', { token });
  t.notOk('x-account-closure' in body);
  for (const form of ['yaml', 'json']) {
    const { text } = await send(service.url, 'GET', `/openapi.${form}`);
    t.notMatch(text, /accounts\/|REAUTHENTICATION_REQUIRED|x-account-closure/);
  }
});
