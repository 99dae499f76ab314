import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startRelay } from '../helper/relay.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

type Call = (method: string, path: string, options?: object) => ReturnType<typeof sendChecked>;

/** One task behind a relay that loses answers, another one straight at the table. */
const engine = await startDynalite(t);
const relay = await startRelay(t, engine);
const service = await startService(t, { engine: relay });
const { tableName, publisher } = service;
const other = await startService(t, { engine, tableName, publisher });

/** A profile, and how both tasks are asked about it. */
async function start(t: Test) {
  const person = makePerson();
  const path = `/v1/profiles/${person.sub}`;
  const token = machineToken(service);
  const at =
    (url: string): Call =>
    (method, where, options = {}) =>
      sendChecked(t, url, method, where, { token, ...options });
  const content = { displayName: 'zero', revenueCatId: 'rc_0' };
  const created = { headers: { 'if-none-match': '*' }, body: content };
  t.equal((await at(other.url)('PUT', path, created)).status, 201);
  /** Loses the answer to the next write, after another task wrote too. */
  const loseAnswer = (operation: string, meanwhile: () => Promise<unknown>) => {
    let isFirst = true;
    relay.intercept = (call) => {
      if (!isFirst || call.operation !== operation) return undefined;
      isFirst = false;
      return { meanwhile };
    };
  };
  const freshToken = () =>
    accessToken(service, person, { authTime: Math.floor(Date.now() / 1000) + 4 });
  return { path, loseAnswer, behind: at(service.url), beside: at(other.url), freshToken };
}

t.test('T35 PATCH of one field: what another task wrote stays', async (t) => {
  const { path, loseAnswer, behind, beside } = await start(t);
  for (const [index, headers] of [{}, { 'if-match': '"3"' }].entries()) {
    const field = { displayName: `other ${index}` };
    loseAnswer('UpdateItem', () => beside('PATCH', path, { body: field }));
    const body = { displayName: `mine ${index}` };
    t.equal((await behind('PATCH', path, { body, headers })).status, 200);
    t.match((await beside('GET', path)).body, { ...field, version: 3 + 2 * index });
  }
});

t.test('T35 PUT If-Match: what another task wrote stays', async (t) => {
  const { path, loseAnswer, behind, beside } = await start(t);
  for (const [index, tag] of ['*', '"3"'].entries()) {
    const field = { givenName: `other ${index}` };
    loseAnswer('PutItem', () => beside('PATCH', path, { body: field }));
    const body = { displayName: `mine ${index}` };
    const answer = await behind('PUT', path, { body, headers: { 'if-match': tag } });
    t.match(answer, { status: 200, body: { ...body, version: 2 + 2 * index } }, 'what it was');
    t.match((await beside('GET', path)).body, { ...body, ...field, version: 3 + 2 * index });
  }
});

t.test('T35 PUT If-None-Match: created, though another task changed it', async (t) => {
  const { loseAnswer, behind, beside } = await start(t);
  const path = `/v1/profiles/${makePerson().sub}`;
  const body = { displayName: 'mine' };
  loseAnswer('PutItem', () => beside('PATCH', path, { body: { givenName: 'other' } }));
  const answer = await behind('PUT', path, { body, headers: { 'if-none-match': '*' } });
  t.match(answer, { status: 201, body: { ...body, version: 1 } });
  t.match((await beside('GET', path)).body, { ...body, givenName: 'other', version: 2 });
});

t.test('T35 DELETE: the next life stays', async (t) => {
  const { path, loseAnswer, behind, beside, freshToken } = await start(t);
  loseAnswer('PutItem', async () => {
    const begun = await beside('GET', '/v1/profiles/me', { token: freshToken() });
    t.equal(begun.status, 200);
  });
  t.equal((await behind('DELETE', path)).status, 204);
  t.match(await beside('GET', path), { status: 200, body: { version: 3 } });
});
