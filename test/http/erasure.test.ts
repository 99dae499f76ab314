import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startService } from '../helper/start-service.ts';

const me = '/v1/profiles/me';
const service = await startService(t);
const nowSeconds = () => Math.floor(Date.now() / 1000);

t.test('T23 an erased profile stays erased for every earlier sign-in', async (t) => {
  const person = makePerson({ givenName: 'Ada' });
  const before = { authTime: nowSeconds() - 60 };
  const old = accessToken(service, person, before);
  const oldId = idToken(service, person, before);
  const refreshed = accessToken(service, person, { ...before, issuedAt: nowSeconds() + 2 });
  const byId = `/v1/profiles/${person.sub}`;
  const preferences = { secret: 1 };
  const call = (url: string, method: string, path: string, token: string) =>
    sendChecked(t, url, method, path, {
      token,
      ...(method === 'PATCH' && { body: { preferences } }),
    });
  t.equal((await call(service.url, 'PATCH', me, oldId)).status, 200);
  const erasedIn = nowSeconds();
  t.equal((await call(service.url, 'DELETE', me, old)).status, 204);

  const refusesOld = async (url: string, when: string) => {
    for (const token of [old, oldId, refreshed]) {
      for (const [method, path] of [
        ['GET', me],
        ['PATCH', me],
        ['DELETE', me],
        ['GET', `${me}/export`],
        ['GET', byId],
        ['PATCH', byId],
        ['DELETE', byId],
      ] as const) {
        const { status, body } = await call(url, method, path, token);
        t.match(
          { status, code: body.code },
          { status: 410, code: 'PROFILE_ERASED' },
          `${when}: ${method} ${path}`,
        );
      }
    }
  };
  await refusesOld(service.url, 'after the erasure');

  const { engine, tableName, publisher } = service;
  const restarted = await startService(t, { engine, tableName, publisher });
  await refusesOld(restarted.url, 'after a restart');
  const machine = machineToken(service);
  t.equal((await call(restarted.url, 'GET', byId, machine)).status, 410);
  t.equal((await call(restarted.url, 'DELETE', byId, machine)).status, 410);

  const sameSecond = accessToken(service, person, { authTime: erasedIn });
  t.equal(
    (await call(service.url, 'GET', me, sameSecond)).status,
    410,
    'the very second counts as before',
  );
  await sleep(1_100);
  const fresh = accessToken(service, person, { authTime: nowSeconds() });
  const reborn = await call(restarted.url, 'GET', me, fresh);
  t.equal(reborn.status, 200);
  t.equal(reborn.body.version, 4, 'created, patched, erased, begun again: versions only rise');
  t.notOk(reborn.body.preferences, 'nothing of the earlier life is left');
  await refusesOld(restarted.url, 'beside the new profile');
  t.equal((await call(service.url, 'PATCH', me, fresh)).status, 200);

  const exported = await call(service.url, 'GET', `${me}/export`, fresh);
  t.match(exported.body, { previouslyErasedAt: /^20.*Z$/, sources: { preferences: 'person' } });
  t.equal((await call(service.url, 'DELETE', me, fresh)).status, 204);
  t.equal((await call(service.url, 'GET', me, fresh)).status, 410);
});

t.test('T23 old and new sign-ins at the same moment never share a profile', async (t) => {
  const person = makePerson();
  const old = accessToken(service, person, { authTime: nowSeconds() - 60 });
  await sendChecked(t, service.url, 'DELETE', me, { token: old });
  await sleep(1_100);
  const fresh = accessToken(service, person, { authTime: nowSeconds() });
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const token = n % 2 ? old : fresh;
      return { token, ...(await sendChecked(t, service.url, 'GET', me, { token })) };
    }),
  );
  for (const { token, status } of answers) t.equal(status, token === old ? 410 : 200);
});

t.test('erasing before a profile ever was keeps that sign-in out', async (t) => {
  const token = accessToken(service, makePerson(), { authTime: nowSeconds() - 5 });
  t.equal((await sendChecked(t, service.url, 'DELETE', me, { token })).status, 204);
  t.equal((await sendChecked(t, service.url, 'GET', me, { token })).status, 410);
  t.equal((await sendChecked(t, service.url, 'DELETE', me, { token })).status, 410);
});

t.test('an erasure guarded by a stale version erases nothing', async (t) => {
  const token = accessToken(service, makePerson());
  await sendChecked(t, service.url, 'PATCH', me, { token, body: { displayName: 'A' } });
  const stale = { token, headers: { 'if-match': '"1"' } };
  t.match(await sendChecked(t, service.url, 'DELETE', me, stale), { status: 412 });
  t.equal((await sendChecked(t, service.url, 'GET', me, { token })).status, 200);
  const current = { token, headers: { 'if-match': '"2"' } };
  t.equal((await sendChecked(t, service.url, 'DELETE', me, current)).status, 204);
});
